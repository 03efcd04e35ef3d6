import { expect } from 'chai'
import { type Piece, RequestFraming } from '../lib/protocol/framing.ts'
import type { RequestContent } from '../lib/protocol/head.ts'

const head = 'PUT / HTTP/1.1\r\nx: y\r\n\r\n'
const forms: readonly (readonly [string, (text: string) => Piece])[] = [
  ['text', (text) => text],
  ['bytes', (text) => Buffer.from(text, 'latin1')],
  ['a part of a larger buffer', (text) => Buffer.from(`<<${text}>>`, 'latin1').subarray(2, -2)],
]

function following(content: RequestContent): RequestFraming {
  const framing = new RequestFraming()
  framing.head(head, 0)
  framing.follow(content)
  return framing
}

describe('RequestFraming', () => {
  it('begins in a head, with nothing begun', () => {
    const { inHead, complete } = new RequestFraming()
    expect({ inHead, complete }).to.deep.equal({ inHead: true, complete: true })
  })

  for (const [form, make] of forms) {
    describe(`in ${form}`, () => {
      it('reads a head and says where it ended', () => {
        const framing = new RequestFraming()
        const read = framing.head(make(`..${head}content`), 2)
        expect(read).to.deep.equal({ text: head, end: 2 + head.length })
        expect(framing.complete).to.equal(true)
      })

      for (let at = 1; at < head.length; at++) {
        it(`reads a head that is cut after ${at} bytes`, () => {
          const framing = new RequestFraming()
          expect(framing.head(make(`.${head.slice(0, at)}`), 1)).to.equal(null)
          expect(framing.complete).to.equal(false)
          const rest = head.slice(at)
          const read = framing.head(make(`${rest}content`), 0)
          expect(read).to.deep.equal({ text: head, end: rest.length })
        })
      }

      it('reads a head that comes byte by byte, and the next one', () => {
        const framing = new RequestFraming()
        const read = [...(head + head)].map((byte) => framing.head(make(byte), 0))
        const whole = { text: head, end: 1 }
        expect(read.filter((each) => each !== null)).to.deep.equal([whole, whole])
      })

      const contents: readonly (readonly [string, RequestContent, string, string, number])[] = [
        ['as many bytes as its length', 5, 'hello', 'GET / HTTP/1.1', 5],
        ['a blank line within its length', 6, '\r\n\r\nab', head, 6],
        ['nothing, when its length is 0', 0, '', head, 0],
        ['no chunks', 'chunked', '0\r\n\r\n', head, 0],
        ['one chunk', 'chunked', '5\r\nhello\r\n0\r\n\r\n', head, 5],
        [
          'chunks and their sizes in hex',
          'chunked',
          `a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n`,
          head,
          21,
        ],
        ['a size with leading zeros', 'chunked', '005\r\nhello\r\n000\r\n\r\n', head, 5],
        ['a size with an extension', 'chunked', '5;a=b\r\nhello\r\n0;c\r\n\r\n', head, 5],
        ['chunks that look like sizes', 'chunked', '5\r\n0\r\n\r\n\r\n0\r\n\r\n', head, 5],
        ['trailers', 'chunked', '1\r\nx\r\n0\r\nsum: 1\r\nb: 0\r\n\r\n', head, 1],
        ['lines that end with line feeds alone', 'chunked', '2\nhi\n0\nsum: 1\n\n', head, 2],
        ['all there is, in a tunnel', 'tunnel', `anything${head}`, '', 0],
      ]
      for (const [name, content, text, next, bytes] of contents) {
        it(`moves over content: ${name}`, () => {
          const framing = following(content)
          const moved = framing.content(make(`..${text}${next}`), 2)
          expect(moved).to.deep.equal({ end: 2 + text.length, bytes })
          expect(framing.inHead).to.equal(content !== 'tunnel')
        })

        it(`moves over content byte by byte: ${name}`, () => {
          const framing = following(content)
          let counted = 0
          for (const byte of text) {
            const moved = framing.content(make(byte), 0)
            expect(moved.end).to.equal(1)
            counted += moved.bytes
          }
          expect(counted).to.equal(bytes)
          expect(framing.complete).to.equal(content !== 'tunnel')
        })
      }

      it('is not complete before the end of content', () => {
        for (const [content, text] of [
          [5, 'hell'],
          ['chunked', '5\r\nhello\r\n0\r\n\r'],
        ] as const) {
          const framing = following(content)
          expect(framing.content(make(text), 0).end).to.equal(text.length)
          expect(framing.complete).to.equal(false)
        }
      })

      it('moves on to the end of the piece when a line is no size', () => {
        const text = 'zz\r\nhello'
        const { end } = following('chunked').content(make(text), 0)
        expect(end).to.equal(text.length)
      })
    })
  }
})
