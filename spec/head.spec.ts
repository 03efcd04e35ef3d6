import { expect } from 'chai'
import { askingHead, contentAfter, type RequestContent } from '../lib/protocol/head.ts'

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

describe('contentAfter', () => {
  for (const [name, fields, content] of contents) {
    it(`reads how content is framed: ${name}`, () => {
      expect(contentAfter(head('PUT /videos HTTP/1.1', ...fields))).to.equal(content)
    })
  }

  it('takes CONNECT for the beginning of a tunnel', () => {
    const connect = head('CONNECT uploads.example:443 HTTP/1.1', 'content-length: 3')
    expect(contentAfter(connect)).to.equal('tunnel')
  })

  it('does not take a target that contains the word for CONNECT', () => {
    expect(contentAfter(head('GET /CONNECT HTTP/1.1'))).to.equal(0)
  })
})

describe('askingHead', () => {
  it('puts the expectation last, and changes not another byte', () => {
    const lines = ['PUT /$&/$1 HTTP/1.1', 'x-note: \u00fc $$ $`', 'content-length: 3']
    expect(askingHead(head(...lines))).to.equal(head(...lines, 'expect: 100-continue'))
  })

  it('adds it to a head without fields', () => {
    expect(askingHead(head('PUT / HTTP/1.1'))).to.equal(
      head('PUT / HTTP/1.1', 'expect: 100-continue'),
    )
  })
})
