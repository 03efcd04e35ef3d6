import { expect } from 'chai'
import fc from 'fast-check'
import { InterimResponseParser, type ResponseHead } from '../../lib/protocol/interim-responses.ts'
import { cutBytes, cuts, joined, onePiece, singly } from '../support/cuts.ts'
import { type ResponseTranscript, responseTranscripts } from '../support/transcripts.ts'

/** Parses pieces up to the end of what the peer sends. */
function parsed(pieces: readonly Uint8Array[]): Omit<ResponseTranscript, 'name' | 'bytes'> {
  const parser = new InterimResponseParser()
  const pass: Uint8Array[] = []
  const heads: ResponseHead[] = []
  for (const piece of pieces) {
    const result = parser.take(piece)
    pass.push(...result.pass)
    heads.push(...result.heads)
  }
  return { pass: joined(pass), heads, held: joined([parser.flush()]) }
}

describe('the bytes of an origin, cut at any point', () => {
  for (const { name, bytes, ...wanted } of responseTranscripts) {
    it(`give the same result: ${name}`, () => {
      expect(parsed(cutBytes(bytes, onePiece))).to.deep.equal(wanted)
      expect(parsed(cutBytes(bytes, singly))).to.deep.equal(wanted)
      fc.assert(
        fc.property(cuts, (how) => {
          expect(parsed(cutBytes(bytes, how))).to.deep.equal(wanted)
        }),
      )
    })
  }

  it('give the same result without loss, for any bytes', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 20 }), cuts, (fragments, how) => {
        const bytes = fragments.join('')
        const result = parsed(cutBytes(bytes, how))
        expect(result).to.deep.equal(parsed(cutBytes(bytes, onePiece)))
        expect(result.pass + result.held).to.equal(withoutGoAheads(bytes))
      }),
    )
  })

  it('are passed on in no more pieces than bytes, and a limited part is parsed', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 20 }), cuts, (fragments, how) => {
        const parser = new InterimResponseParser({ head: 50, idle: 50 })
        let looked = 0
        for (const piece of cutBytes(fragments.join(''), how)) {
          const watching = parser.watching
          const { pass, overflow } = parser.take(piece)
          expect(pass.length).to.be.at.most(piece.length + 1)
          if (overflow) break
          if (watching && parser.watching) looked += piece.length
        }
        // The limit, plus the beginning of a head that is counted only when it is recognised.
        expect(looked).to.be.at.most(50 + 13)
      }),
    )
  })

  it('are passed on without a copy after the final head', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const parser = new InterimResponseParser()
        parser.take(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))
        expect(parser.take(bytes).pass.every((piece) => piece === bytes)).to.equal(true)
      }),
    )
  })
})

/** Parts of responses, valid and broken. */
const fragment = fc.oneof(
  fc.constantFrom(
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 100\n\n',
    'HTTP/1.1 103 Early Hints\r\na: b\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 1',
    'HTTP/',
    '\r\n',
    '\n',
    '\r',
    ' ',
  ),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => joined([bytes])),
)

/** An independent implementation with all bytes at once and regular expressions. */
function withoutGoAheads(bytes: string): string {
  let kept = ''
  let rest = bytes
  for (;;) {
    const lineEnds = /^[\r\n]*/.exec(rest)?.[0] ?? ''
    kept += lineEnds
    rest = rest.slice(lineEnds.length)
    const status = /^HTTP\/1\.\d (1(?!01)\d\d)[ \r\n]/.exec(rest)?.[1]
    if (status === undefined) return kept + rest
    const head = /^[^\n]*\n(?:[^\n]*[^\r\n][^\n]*\n)*\r*\n/.exec(rest)?.[0] ?? rest
    if (status !== '100') kept += head
    rest = rest.slice(head.length)
  }
}
