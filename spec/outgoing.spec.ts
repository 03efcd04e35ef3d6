import { expect } from 'chai'
import type { RequestContent } from '../lib/protocol/head.ts'
import { OutgoingSorter, type Written } from '../lib/protocol/outgoing.ts'
import { joined } from './support/cuts.ts'

const plain = 'PUT / HTTP/1.1\r\ncontent-length: 6\r\n\r\n'
const asking = 'PUT / HTTP/1.1\r\ncontent-length: 6\r\nexpect: 100-continue\r\n\r\n'

const sorter = (asks: boolean): OutgoingSorter => new OutgoingSorter(() => asks)

function text(chunk: string, encoding: BufferEncoding = 'latin1'): Written {
  return { chunk, encoding }
}

function bytes(chunk: Uint8Array): Written {
  // What a stream says of bytes; the type has only what it says of text.
  return { chunk, encoding: 'buffer' as BufferEncoding }
}

function textOf(pieces: readonly Written[] | null): string | null {
  return pieces === null ? null : joined(pieces.map(({ chunk }) => chunk))
}

describe('OutgoingSorter', () => {
  const sentences: readonly (readonly [boolean, string, string | null, number])[] = [
    [true, asking, 'abcdef', 0],
    [false, `${plain}abcdef`, null, 6],
  ]
  for (const [asks, now, later, contentBytes] of sentences) {
    for (const [form, pieces] of [
      ['in one piece of text', [text(`${plain}abcdef`)]],
      ['in one piece of bytes', [bytes(Buffer.from(`${plain}abcdef`))]],
      ['in a piece of each', [text(plain), bytes(Buffer.from('abcdef'))]],
      ['in many pieces', [...`${plain}abcdef`].map((byte) => text(byte))],
    ] as const) {
      it(`does as it is told with a request ${form}: asks ${asks}`, () => {
        const sorted = sorter(asks).sort(pieces)
        expect(textOf(sorted.now)).to.equal(now)
        expect(textOf(sorted.later)).to.equal(later)
        expect(sorted.contentBytes).to.equal(contentBytes)
      })
    }
  }

  it('tells of each head, in order', () => {
    const told: RequestContent[] = []
    const sorter = new OutgoingSorter((content) => {
      told.push(content)
      return false
    })
    sorter.sort([text(`GET / HTTP/1.1\r\n\r\n${plain}abcdefCONNECT x:1 HTTP/1.1\r\n\r\n`)])
    expect(told).to.deep.equal([0, 6, 'tunnel'])
  })

  it('keeps back nothing, but says so, when a head that asks ends a write', () => {
    const asks = sorter(true)
    expect(asks.sort([text(plain)]).later).to.deep.equal([])
    expect(asks.complete).to.equal(false)
  })

  it('writes nothing of a head before its end', () => {
    const untouched = sorter(false)
    expect(untouched.sort([text('PUT / HT')])).to.deep.equal({
      now: [],
      later: null,
      contentBytes: 0,
    })
    expect(untouched.complete).to.equal(false)
    expect(textOf(untouched.sort([text('TP/1.1\r\n\r\n')]).now)).to.equal('PUT / HTTP/1.1\r\n\r\n')
    expect(untouched.complete).to.equal(true)
  })

  it('keeps back the writes behind a head that asks as they are', () => {
    const content = [bytes(Buffer.from('abc')), bytes(Buffer.from('def'))]
    const { later } = sorter(true).sort([text(plain), ...content])
    expect(later).to.have.length(2)
    expect(later?.every((piece, index) => piece === content[index])).to.equal(true)
  })

  it('sorts what it kept back when that is let go', () => {
    const asks = sorter(true)
    const { later } = asks.sort([text(`${plain}abc`), bytes(Buffer.from('def'))])
    const sorted = asks.sort(later ?? [])
    expect(textOf(sorted.now)).to.equal('abcdef')
    expect(sorted).to.deep.include({ later: null, contentBytes: 6 })
    expect(asks.complete).to.equal(true)
  })

  it('passes content on without a copy', () => {
    const content = Buffer.from('abcdefGET')
    const { now } = sorter(false).sort([text(plain), bytes(content)])
    const piece = now[1]?.chunk as Uint8Array
    expect(joined([piece])).to.equal('abcdef')
    expect(piece.buffer).to.equal(content.buffer)
    expect(piece.byteOffset).to.equal(content.byteOffset)
  })

  it('passes a write on as it is when nothing in it has to be cut', () => {
    const untouched = sorter(false)
    const content = bytes(Buffer.from('abcdef'))
    const head = text(plain)
    const { now } = untouched.sort([head, content])
    expect(now[0]).to.equal(head)
    expect(now[1]).to.equal(content)
  })

  for (const encoding of ['utf8', 'utf-8', 'hex', 'base64'] as const) {
    it(`counts text that is written as ${encoding} in bytes`, () => {
      const content = Buffer.from('\u00fc\u20ac', 'utf8')
      const framing = `PUT / HTTP/1.1\r\ncontent-length: ${content.length + 1}\r\n\r\n`
      const untouched = sorter(false)
      untouched.sort([text(framing)])
      const { now } = untouched.sort([text(content.toString(encoding), encoding), text('x')])
      expect(untouched.complete).to.equal(true)
      expect(textOf(now)).to.equal(`${joined([content])}x`)
    })
  }

  it('never calls bytes text, because a socket that is told so aborts the process', () => {
    const untouched = sorter(false)
    untouched.sort([text(plain)])
    const { now } = untouched.sort([text('\u00fc\u00fc', 'utf8')])
    expect(now).to.have.length(1)
    expect(now[0]?.chunk).to.be.instanceOf(Uint8Array)
    expect(now[0]?.encoding).to.equal('buffer')
  })
})
