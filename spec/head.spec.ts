import { expect } from 'chai'
import {
  askingHead,
  markName,
  plainHead,
  type RequestContent,
  type RequestHead,
  readHead,
} from '../lib/head.ts'

const ticket = '6f1c2a54-1'
const mark = `${markName}: ${ticket}`

function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

const contents: readonly (readonly [string, readonly string[], RequestContent])[] = [
  ['no framing', [], 0],
  ['a length', ['content-length: 12'], 12],
  ['a length of nothing', ['content-length: 0'], 0],
  ['a length in capitals', ['CONTENT-LENGTH: 12'], 12],
  ['a length without a space', ['content-length:12'], 12],
  ['a length after spaces and tabs', ['content-length: \t 12'], 12],
  ['a length beyond 32 bits', ['content-length: 5000000000'], 5_000_000_000],
  ['a length after other fields', ['accept: */*', 'content-length: 7', 'x: y'], 7],
  ['chunks', ['transfer-encoding: chunked'], 'chunked'],
  ['chunks in capitals', ['Transfer-Encoding: CHUNKED'], 'chunked'],
  ['chunks as the last of several codings', ['transfer-encoding: gzip, chunked'], 'chunked'],
  ['a field whose name ends like the length', ['x-content-length: 12'], 0],
  ['a field whose value looks like the length', ['x: content-length: 12'], 0],
  ['a field whose value looks like chunks', ['x: transfer-encoding: chunked'], 0],
  ['chunks named in the field after the codings', ['transfer-encoding: gzip', 'x: chunked'], 0],
  ['an upgrade', ['connection: upgrade', 'Upgrade: websocket'], 'tunnel'],
  ['an upgrade with a length', ['content-length: 3', 'upgrade: x'], 'tunnel'],
  ['a wish to upgrade to a safer scheme', ['upgrade-insecure-requests: 1'], 0],
]

describe('readHead', () => {
  for (const [name, fields, content] of contents) {
    it(`reads how content is framed: ${name}`, () => {
      const read = readHead(head('PUT /videos HTTP/1.1', ...fields))
      expect(read).to.deep.equal({ content, ticket: null })
    })
  }

  it('takes CONNECT for the beginning of a tunnel', () => {
    const read = readHead(head('CONNECT uploads.example:443 HTTP/1.1', 'content-length: 3'))
    expect(read.content).to.equal('tunnel')
  })

  it('does not take a target that contains the word for CONNECT', () => {
    expect(readHead(head('GET /CONNECT HTTP/1.1')).content).to.equal(0)
  })

  const places: readonly (readonly [string, readonly string[], RequestHead])[] = [
    ['first', [mark, 'content-length: 3'], { content: 3, ticket }],
    ['between others', ['a: b', mark, 'content-length: 3'], { content: 3, ticket }],
    ['last', ['transfer-encoding: chunked', mark], { content: 'chunked', ticket }],
    ['alone', [mark], { content: 0, ticket }],
  ]
  for (const [place, fields, wanted] of places) {
    it(`finds the ticket that stands ${place}`, () => {
      expect(readHead(head('PUT / HTTP/1.1', ...fields))).to.deep.equal(wanted)
    })
  }

  const unmarked: readonly (readonly [string, string])[] = [
    ['in a value', `x: ${mark}`],
    ['in a longer name', `x-${mark}`],
    ['with its name cut short', `${markName.slice(1)}: ${ticket}`],
  ]
  for (const [place, field] of unmarked) {
    it(`finds no ticket ${place}`, () => {
      expect(readHead(head('PUT / HTTP/1.1', field)).ticket).to.equal(null)
    })
  }
})

const rewritings = [
  { name: 'askingHead', rewrite: askingHead, instead: ['expect: 100-continue'] },
  { name: 'plainHead', rewrite: plainHead, instead: [] },
]
for (const { name, rewrite, instead } of rewritings) {
  describe(name, () => {
    const before = ['PUT /$&/$1 HTTP/1.1', 'x-note: \u00fc $$ $`']
    const after = ['content-length: 3', `x: ${mark}`]

    for (const [place, lines, wanted] of [
      ['first', [before[0], mark, ...after], [before[0], ...instead, ...after]],
      ['between others', [...before, mark, ...after], [...before, ...instead, ...after]],
      ['last', [...before, mark], [...before, ...instead]],
    ] as [string, string[], string[]][]) {
      it(`changes the mark that stands ${place}, and not another byte`, () => {
        expect(rewrite(head(...lines), ticket)).to.equal(head(...wanted))
      })
    }

    it('leaves a head with another ticket as it is', () => {
      const other = head(...before, `${mark}0`)
      expect(rewrite(other, ticket)).to.equal(other)
    })
  })
}
