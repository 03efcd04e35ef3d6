import { expect } from 'chai'
import { InterimSplitter, interimLimit, type ResponseHead } from '../lib/protocol/interim-responses.ts'
import { joined } from './support/cuts.ts'
import { responseTranscripts } from './support/transcripts.ts'

const goAhead = 'HTTP/1.1 100 Continue\r\n\r\n'
const hints = 'HTTP/1.1 103 Early Hints\r\n\r\n'
const created = 'HTTP/1.1 201 Created\r\n\r\n'

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** What one piece comes to, as text. */
function take(splitter: InterimSplitter, text: string): { pass: string; heads: ResponseHead[] } {
  const { pass, heads } = splitter.take(latin1(text))
  return { pass: joined(pass), heads }
}

describe('InterimSplitter', () => {
  for (const { name, bytes, pass, heads, held } of responseTranscripts) {
    it(`splits ${name}`, () => {
      const splitter = new InterimSplitter()
      expect(take(splitter, bytes)).to.deep.equal({ pass, heads })
      expect(splitter.watching).to.equal(heads.at(-1)?.type !== 'final')
      expect(joined([splitter.flush()])).to.equal(held)
      expect(splitter.watching).to.equal(false)
    })
  }

  const notHeads: readonly (readonly [string, string])[] = [
    ['another name', 'HTTQ/1.1 100 Continue\r\n\r\n'],
    ['small letters', 'http/1.1 100 Continue\r\n\r\n'],
    ['another version', 'HTTP/2.0 100 Continue\r\n\r\n'],
    ['a version that is no digit', 'HTTP/1.x 100 Continue\r\n\r\n'],
    ['a version of two digits', 'HTTP/1.10 100 Continue\r\n\r\n'],
    ['two spaces', 'HTTP/1.1  100 Continue\r\n\r\n'],
    ['a tab', 'HTTP/1.1\t100 Continue\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 10 Continue\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 1000 Continue\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 1:0 Continue\r\n\r\n'],
    ['a reason phrase that adjoins', 'HTTP/1.1 100-Continue\r\n\r\n'],
    ['a space before it', ` ${goAhead}`],
  ]
  for (const [name, bytes] of notHeads) {
    it(`takes no 100 for one that has ${name}`, () => {
      const splitter = new InterimSplitter()
      const heads = [{ type: 'final', status: 0 }]
      expect(take(splitter, bytes)).to.deep.equal({ pass: bytes, heads })
    })
  }

  for (const status of [99, 0, 101, 200, 204, 304, 417, 599, 600, 999]) {
    it(`looks at nothing after a ${status}`, () => {
      const splitter = new InterimSplitter()
      const bytes = `HTTP/1.1 ${String(status).padStart(3, '0')} X\r\n\r\n${goAhead}`
      const heads = [{ type: 'final', status }]
      expect(take(splitter, bytes)).to.deep.equal({ pass: bytes, heads })
      expect(take(splitter, goAhead)).to.deep.equal({ pass: goAhead, heads: [] })
    })
  }

  it('passes on no empty pieces', () => {
    for (const bytes of [goAhead, hints, created, goAhead + created]) {
      const { pass } = new InterimSplitter().take(latin1(bytes))
      expect(pass.every(({ length }) => length > 0)).to.equal(true)
    }
  })

  it('hands over what it kept once', () => {
    const splitter = new InterimSplitter()
    splitter.take(latin1('HTTP/1.1 10'))
    expect(splitter.flush()).to.have.length(11)
    expect(splitter.flush()).to.have.length(0)
  })

  it('counts an interim response only when all of it came', () => {
    const splitter = new InterimSplitter()
    expect(take(splitter, goAhead.slice(0, -1)).heads).to.deep.equal([])
    expect(take(splitter, goAhead.slice(-1)).heads).to.deep.equal([
      { type: 'interim', status: 100 },
    ])
  })

  it('passes on a piece that begins with a final response as it is', () => {
    const piece = latin1(created)
    expect(new InterimSplitter().take(piece).pass[0]).to.equal(piece)
  })

  it('passes on what follows a 100 without a copy', () => {
    const piece = latin1(goAhead + created)
    const [passed] = new InterimSplitter().take(piece).pass
    expect(passed?.buffer).to.equal(piece.buffer)
    expect(passed?.byteOffset).to.equal(piece.byteOffset + goAhead.length)
  })

  it('does not change what it passed on when more comes', () => {
    const splitter = new InterimSplitter()
    splitter.take(latin1('HTTP/1.1 '))
    const { pass } = splitter.take(latin1('103 X\r\n\r\n'))
    splitter.take(latin1('HTTP/1.1 102 Y\r\n\r\n'))
    expect(joined(pass)).to.equal('HTTP/1.1 103 X\r\n\r\n')
  })

  describe('reset', () => {
    for (const [name, before] of [
      ['a final response', created],
      ['half a 100', goAhead.slice(0, 15)],
      ['half a 103', hints.slice(0, -2)],
      ['half a status line', goAhead.slice(0, 7)],
    ] as const) {
      it(`begins anew after ${name}`, () => {
        const splitter = new InterimSplitter()
        splitter.take(latin1(before))
        splitter.reset()
        expect(splitter.watching).to.equal(true)
        expect(take(splitter, goAhead + created)).to.deep.equal({
          pass: created,
          heads: [
            { type: 'interim', status: 100 },
            { type: 'final', status: 201 },
          ],
        })
      })
    }

    it('counts the bytes of interim responses anew', () => {
      const splitter = new InterimSplitter(goAhead.length)
      expect(splitter.take(latin1(goAhead)).overflow).to.equal(false)
      splitter.reset()
      expect(splitter.take(latin1(goAhead)).overflow).to.equal(false)
      expect(splitter.take(latin1(goAhead)).overflow).to.equal(true)
    })
  })

  describe('the limit', () => {
    const filler = (bytes: number): string =>
      `HTTP/1.1 103 X\r\na: ${'b'.repeat(bytes - 23)}\r\n\r\n`

    it('is 16 KiB for all interim responses to one request together', () => {
      const splitter = new InterimSplitter()
      expect(splitter.take(latin1(filler(interimLimit - 100))).overflow).to.equal(false)
      expect(splitter.take(latin1(filler(100))).overflow).to.equal(false)
      expect(interimLimit).to.equal(16_384)
    })

    const streams: readonly (readonly [string, string])[] = [
      ['one response', filler(101)],
      ['a response without an end', filler(200).slice(0, 101)],
      ['responses', goAhead.repeat(5)],
      ['line ends', '\r\n'.repeat(51)],
      ['a mixture', `${'\n'.repeat(30)}${hints}${goAhead}${goAhead}`],
    ]
    for (const [name, bytes] of streams) {
      it(`is passed by ${name}, whole`, () => {
        expect(new InterimSplitter(100).take(latin1(bytes)).overflow).to.equal(true)
      })

      it(`is passed by ${name}, byte by byte, at the first byte beyond it`, () => {
        const splitter = new InterimSplitter(100)
        const overflows = [...bytes].map((byte) => splitter.take(latin1(byte)).overflow)
        expect(overflows.indexOf(true)).to.be.within(100, 112)
      })
    }

    it('does not count the final response', () => {
      const splitter = new InterimSplitter(100)
      const { overflow } = splitter.take(latin1(goAhead + created + 'x'.repeat(1000)))
      expect(overflow).to.equal(false)
    })
  })
})
