import { expect } from 'chai'
import {
  headLimit,
  InterimResponseParser,
  idleLimit,
  type ResponseHead,
} from '../../lib/protocol/interim-responses.ts'
import { joined } from '../support/cuts.ts'
import { responseTranscripts } from '../support/transcripts.ts'

const goAhead = 'HTTP/1.1 100 Continue\r\n\r\n'
const hints = 'HTTP/1.1 103 Early Hints\r\n\r\n'
const created = 'HTTP/1.1 201 Created\r\n\r\n'

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** The result of one piece, as text. */
function take(
  parser: InterimResponseParser,
  text: string,
): { pass: string; heads: ResponseHead[] } {
  const { pass, heads } = parser.take(latin1(text))
  return { pass: joined(pass), heads }
}

describe('InterimResponseParser', () => {
  for (const { name, bytes, pass, heads, held } of responseTranscripts) {
    it(`finds the heads in ${name}`, () => {
      const parser = new InterimResponseParser()
      expect(take(parser, bytes)).to.deep.equal({ pass, heads })
      expect(parser.watching).to.equal(heads.at(-1)?.type !== 'final')
      expect(joined([parser.flush()])).to.equal(held)
      expect(parser.watching).to.equal(false)
    })
  }

  const notHeads: readonly (readonly [string, string])[] = [
    ['another name', 'HTTQ/1.1 100 Continue\r\n\r\n'],
    ['small letters', 'http/1.1 100 Continue\r\n\r\n'],
    ['another version', 'HTTP/2.0 100 Continue\r\n\r\n'],
    ['a version that is not a digit', 'HTTP/1.x 100 Continue\r\n\r\n'],
    ['a version of two digits', 'HTTP/1.10 100 Continue\r\n\r\n'],
    ['two spaces', 'HTTP/1.1  100 Continue\r\n\r\n'],
    ['a tab', 'HTTP/1.1\t100 Continue\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 10 Continue\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 1000 Continue\r\n\r\n'],
    ['a status that is not a number', 'HTTP/1.1 1:0 Continue\r\n\r\n'],
    ['a reason phrase without a space', 'HTTP/1.1 100-Continue\r\n\r\n'],
    ['a space before it', ` ${goAhead}`],
  ]
  for (const [name, bytes] of notHeads) {
    it(`takes ${name} as no 100`, () => {
      const parser = new InterimResponseParser()
      const heads = [{ type: 'final', status: 0 }]
      expect(take(parser, bytes)).to.deep.equal({ pass: bytes, heads })
    })
  }

  for (const status of [99, 0, 101, 200, 204, 304, 417, 599, 600, 999]) {
    it(`parses nothing after a ${status}`, () => {
      const parser = new InterimResponseParser()
      const bytes = `HTTP/1.1 ${String(status).padStart(3, '0')} X\r\n\r\n${goAhead}`
      const heads = [{ type: 'final', status }]
      expect(take(parser, bytes)).to.deep.equal({ pass: bytes, heads })
      expect(take(parser, goAhead)).to.deep.equal({ pass: goAhead, heads: [] })
    })
  }

  it('passes on no empty pieces', () => {
    for (const bytes of [goAhead, hints, created, goAhead + created]) {
      const { pass } = new InterimResponseParser().take(latin1(bytes))
      expect(pass.every(({ length }) => length > 0)).to.equal(true)
    }
  })

  it('flushes kept bytes once', () => {
    const parser = new InterimResponseParser()
    parser.take(latin1('HTTP/1.1 10'))
    expect(parser.flush()).to.have.length(11)
    expect(parser.flush()).to.have.length(0)
  })

  it('counts an interim response only when it is complete', () => {
    const parser = new InterimResponseParser()
    expect(take(parser, goAhead.slice(0, -1)).heads).to.deep.equal([])
    expect(take(parser, goAhead.slice(-1)).heads).to.deep.equal([{ type: 'interim', status: 100 }])
  })

  it('passes on a piece that begins with a final response unchanged', () => {
    const piece = latin1(created)
    expect(new InterimResponseParser().take(piece).pass[0]).to.equal(piece)
  })

  it('passes on what follows a 100 without a copy', () => {
    const piece = latin1(goAhead + created)
    const [passed] = new InterimResponseParser().take(piece).pass
    expect(passed?.buffer).to.equal(piece.buffer)
    expect(passed?.byteOffset).to.equal(piece.byteOffset + goAhead.length)
  })

  it('does not change pieces that it passed on', () => {
    const parser = new InterimResponseParser()
    parser.take(latin1('HTTP/1.1 '))
    const { pass } = parser.take(latin1('103 X\r\n\r\n'))
    parser.take(latin1('HTTP/1.1 102 Y\r\n\r\n'))
    expect(joined(pass)).to.equal('HTTP/1.1 103 X\r\n\r\n')
  })

  describe('reset', () => {
    for (const [name, before] of [
      ['a final response', created],
      ['half a 100', goAhead.slice(0, 15)],
      ['half a 103', hints.slice(0, -2)],
      ['half a status line', goAhead.slice(0, 7)],
    ] as const) {
      it(`restarts after ${name}`, () => {
        const parser = new InterimResponseParser()
        parser.take(latin1(before))
        parser.reset()
        expect(parser.watching).to.equal(true)
        expect(take(parser, goAhead + created)).to.deep.equal({
          pass: created,
          heads: [
            { type: 'interim', status: 100 },
            { type: 'final', status: 201 },
          ],
        })
      })
    }

    it('restarts the count of interim bytes', () => {
      const parser = new InterimResponseParser({ head: 100, idle: goAhead.length })
      expect(parser.take(latin1(goAhead)).overflow).to.equal(false)
      parser.reset()
      expect(parser.take(latin1(goAhead)).overflow).to.equal(false)
      expect(parser.take(latin1(goAhead)).overflow).to.equal(true)
    })
  })

  const filler = (bytes: number): string => `HTTP/1.1 103 X\r\na: ${'b'.repeat(bytes - 23)}\r\n\r\n`

  /** The number of pieces before the overflow; -1 for none. */
  function overflowOf(parser: InterimResponseParser, pieces: Iterable<string>): number {
    return [...pieces].findIndex((piece) => parser.take(latin1(piece)).overflow)
  }

  describe('the limit of one interim response', () => {
    it('is 16 KiB', () => {
      expect(headLimit).to.equal(16_384)
      const parser = new InterimResponseParser()
      expect(overflowOf(parser, filler(headLimit))).to.equal(-1)
      expect(overflowOf(parser, filler(headLimit + 1))).to.equal(headLimit)
    })

    it('applies to each response separately', () => {
      const parser = new InterimResponseParser({ head: 100, idle: 1000 })
      expect(overflowOf(parser, Array(10).fill(filler(100)))).to.equal(-1)
    })

    it('applies to one without an end', () => {
      const parser = new InterimResponseParser({ head: 100, idle: 1000 })
      expect(parser.take(latin1(filler(200).slice(0, 101))).overflow).to.equal(true)
    })

    it('applies to line ends before one', () => {
      const parser = new InterimResponseParser({ head: 100, idle: 1000 })
      expect(overflowOf(parser, ['\r\n'.repeat(50), '\n'])).to.equal(1)
    })

    it('does not count the final response', () => {
      const parser = new InterimResponseParser({ head: 100, idle: 100 })
      const bytes = goAhead + created + 'x'.repeat(1000)
      expect(parser.take(latin1(bytes)).overflow).to.equal(false)
    })
  })

  describe('the limit of all interim responses while no content is sent', () => {
    const limits = { head: 1000, idle: 100 }

    it('is 1 MiB', () => {
      expect(idleLimit).to.equal(1_048_576)
      const parser = new InterimResponseParser()
      const pieces = Array(65).fill(filler(headLimit))
      expect(overflowOf(parser, pieces)).to.equal(64)
    })

    const streams: readonly (readonly [string, string])[] = [
      ['one response', filler(101)],
      ['a response without an end', filler(200).slice(0, 101)],
      ['responses', goAhead.repeat(5)],
      ['line ends', '\r\n'.repeat(51)],
      ['a mixture', `${'\n'.repeat(30)}${hints}${goAhead}${goAhead}`],
    ]
    for (const [name, bytes] of streams) {
      it(`is exceeded by ${name}, in one piece`, () => {
        expect(new InterimResponseParser(limits).take(latin1(bytes)).overflow).to.equal(true)
      })

      it(`is exceeded by ${name}, byte by byte, at the first byte beyond it`, () => {
        expect(overflowOf(new InterimResponseParser(limits), bytes)).to.be.within(100, 112)
      })
    }

    it('restarts when content is sent', () => {
      const parser = new InterimResponseParser(limits)
      for (let turn = 0; turn < 10; turn++) {
        expect(parser.take(latin1(filler(100))).overflow).to.equal(false)
        parser.moved()
      }
      expect(overflowOf(parser, [filler(100), '\n'])).to.equal(1)
    })
  })
})
