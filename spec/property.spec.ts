import { expect } from 'chai'
import fc from 'fast-check'
import type { RequestContent } from '../lib/protocol/head.ts'
import { InterimSplitter, type ResponseHead } from '../lib/protocol/interim-responses.ts'
import { OutgoingSorter, type Written } from '../lib/protocol/outgoing.ts'
import { type Cut, cut, cutBytes, cuts, joined, singly } from './support/cuts.ts'
import {
  type Head,
  type RequestTranscript,
  type ResponseTranscript,
  requestTranscripts,
  responseTranscripts,
} from './support/transcripts.ts'

const whole: readonly Cut[] = [{ size: Number.MAX_SAFE_INTEGER, text: false, last: true }]

/** Runs writes through a sorter; what is kept back is let go at once, as after a 100. */
function sort(
  writes: readonly Written[][],
  wanted: readonly Head[],
): Omit<RequestTranscript, 'name' | 'bytes'> {
  const heads: Head[] = []
  const sorter = new OutgoingSorter((content) => {
    const asks = wanted[heads.length]?.asks ?? false
    heads.push({ content, asks })
    return asks
  })
  const parts: Written[][] = [[]]
  let contentBytes = 0
  for (const write of writes) {
    for (let pieces: Written[] | null = [...write]; pieces !== null; ) {
      const sorted = sorter.sort(pieces)
      parts.at(-1)?.push(...sorted.now)
      contentBytes += sorted.contentBytes
      pieces = sorted.later
      if (pieces !== null) parts.push([])
    }
  }
  const texts = parts.map((part) => joined(part.map(({ chunk }) => chunk)))
  return { parts: texts, heads, contentBytes, complete: sorter.complete }
}

/** What a sorter notes that only follows what is written. */
function follow(writes: readonly Written[][]): { contents: RequestContent[]; complete: boolean } {
  const contents: RequestContent[] = []
  const sorter = new OutgoingSorter((content) => {
    contents.push(content)
    return false
  })
  for (const write of writes) sorter.follow(write)
  return { contents, complete: sorter.complete }
}

/** Runs pieces through a splitter, up to the end of what the peer sends. */
function split(pieces: readonly Uint8Array[]): Omit<ResponseTranscript, 'name' | 'bytes'> {
  const splitter = new InterimSplitter()
  const pass: Uint8Array[] = []
  const heads: ResponseHead[] = []
  for (const piece of pieces) {
    const taken = splitter.take(piece)
    pass.push(...taken.pass)
    heads.push(...taken.heads)
  }
  return { pass: joined(pass), heads, held: joined([splitter.flush()]) }
}

describe('what a client writes, however it is cut', () => {
  for (const { name, bytes, ...wanted } of requestTranscripts) {
    it(`comes to the same: ${name}`, () => {
      expect(sort(cut(bytes, whole), wanted.heads)).to.deep.equal(wanted)
      expect(sort(cut(bytes, singly), wanted.heads)).to.deep.equal(wanted)
      fc.assert(
        fc.property(cuts, (how) => {
          expect(sort(cut(bytes, how), wanted.heads)).to.deep.equal(wanted)
        }),
      )
    })
  }

  for (const { name, bytes, heads, complete } of requestTranscripts) {
    it(`is followed: ${name}`, () => {
      const wanted = { contents: heads.map(({ content }) => content), complete }
      expect(follow(cut(bytes, whole))).to.deep.equal(wanted)
      expect(follow(cut(bytes, singly))).to.deep.equal(wanted)
      fc.assert(
        fc.property(cuts, (how) => {
          expect(follow(cut(bytes, how))).to.deep.equal(wanted)
        }),
      )
    })
  }

  it('keeps its content, whatever bytes it has', () => {
    const contents = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 5 })
    fc.assert(
      fc.property(contents, fc.boolean(), cuts, (chunks, chunked, how) => {
        const content = chunks.map((chunk) => joined([chunk]))
        const bytes = chunked ? inChunks(content) : content.join('')
        const framing = chunked ? 'transfer-encoding: chunked' : `content-length: ${bytes.length}`
        const head = `PUT / HTTP/1.1\r\n${framing}\r\n\r\n`
        const { parts, contentBytes, complete } = sort(cut(head + bytes, how), [])
        expect(parts).to.deep.equal([head + bytes])
        expect(contentBytes).to.equal(content.join('').length)
        expect(complete).to.equal(true)
      }),
    )
  })
})

describe('what an origin sends, however it is cut', () => {
  for (const { name, bytes, ...wanted } of responseTranscripts) {
    it(`comes to the same: ${name}`, () => {
      expect(split(cutBytes(bytes, whole))).to.deep.equal(wanted)
      expect(split(cutBytes(bytes, singly))).to.deep.equal(wanted)
      fc.assert(
        fc.property(cuts, (how) => {
          expect(split(cutBytes(bytes, how))).to.deep.equal(wanted)
        }),
      )
    })
  }

  it('comes to the same and is never lost, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 20 }), cuts, (fragments, how) => {
        const bytes = fragments.join('')
        const result = split(cutBytes(bytes, how))
        expect(result).to.deep.equal(split(cutBytes(bytes, whole)))
        expect(result.pass + result.held).to.equal(withoutGoAheads(bytes))
      }),
    )
  })

  it('is passed on in no more pieces than it has bytes, and a bounded part of it looked at', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 20 }), cuts, (fragments, how) => {
        const splitter = new InterimSplitter(50)
        let looked = 0
        for (const piece of cutBytes(fragments.join(''), how)) {
          const watching = splitter.watching
          const { pass, overflow } = splitter.take(piece)
          expect(pass.length).to.be.at.most(piece.length + 1)
          if (overflow) break
          if (watching && splitter.watching) looked += piece.length
        }
        // The limit, and the beginning of a head that is not counted before it is known.
        expect(looked).to.be.at.most(50 + 13)
      }),
    )
  })

  it('passes on content that was not looked at without a copy', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const splitter = new InterimSplitter()
        splitter.take(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))
        expect(splitter.take(bytes).pass.every((piece) => piece === bytes)).to.equal(true)
      }),
    )
  })
})

/** What responses are made of, whole and broken. */
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

/** The same by another way: with all bytes at hand, and regular expressions. */
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

function inChunks(chunks: readonly string[]): string {
  const framed = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
  return `${framed.join('')}0\r\n\r\n`
}
