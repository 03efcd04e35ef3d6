import { haltingKinds } from '../support/halting.ts'
import { acceptingAfter } from '../support/plays.ts'
import { goAhead, head, response } from '../support/responses.ts'
import { play, stored } from '../support/scenario.ts'

const forms: readonly [form: string, ...pieces: string[]][] = [
  ['a 100', goAhead],
  ['a 100 in single bytes', ...goAhead],
  ['a 100 cut inside its status', goAhead.slice(0, 11), goAhead.slice(11)],
  ['a 100 cut inside its blank line', goAhead.slice(0, -1), goAhead.slice(-1)],
  ['a 100 with header fields', head(100, 'Date: today', 'Link: </a>; rel=preload')],
  ['a 100 with header fields in single bytes', ...head(100, 'Server: odd', 'X-Empty:')],
  ['a 100 with a Content-Length', head(100, 'Content-Length: 0')],
  ['a 100 without a reason phrase', 'HTTP/1.1 100 \r\n\r\n'],
  ['a 100 without the space before a reason phrase', 'HTTP/1.1 100\r\n\r\n'],
  ['a 100 in single bytes without a reason phrase', ...'HTTP/1.1 100\r\n\r\n'],
  ['a 100 whose reason phrase is in capitals', 'HTTP/1.1 100 CONTINUE\r\n\r\n'],
  ['a 100 whose reason phrase is in small letters', 'HTTP/1.1 100 continue\r\n\r\n'],
  ['a 100 whose reason phrase looks like a refusal', 'HTTP/1.1 100 HTTP/1.1 413 no\r\n\r\n'],
  ['a 100 with bare line feeds', 'HTTP/1.1 100 Continue\n\n'],
  ['a 100 with bare line feeds in single bytes', ...'HTTP/1.1 100 Go\nServer: odd\n\n'],
  ['a 100 of HTTP/1.0', 'HTTP/1.0 100 Continue\r\n\r\n'],
  ['a 100 after an empty line', `\r\n${goAhead}`],
  ['two 100 in one piece', goAhead + goAhead],
]

describe('a 100', () => {
  play(
    forms.map(([form, ...pieces]) => ({
      name: `lets the content be sent: ${form}`,
      origin: [acceptingAfter(...pieces)],
      results: [{ ...stored, interim: form.startsWith('two') ? [100, 100] : [100] }],
    })),
  )

  play([
    {
      name: 'may be repeated while content is sent',
      kinds: haltingKinds,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.waitForHalf()
          await peer.wire.pieces(goAhead, ...goAhead)
          peer.resume()
          await peer.accept()
        },
      ],
      results: [{ ...stored, interim: [100, 100, 100] }],
    },
    {
      name: 'may be repeated just before the final response',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.readContent()
          peer.wire.raw(goAhead + response(201, 'stored'))
        },
      ],
      results: [{ ...stored, interim: [100, 100] }],
    },
    {
      name: 'is requested again on a reused connection',
      origin: [
        async (peer) => {
          await acceptingAfter(goAhead)(peer)
          await acceptingAfter(...goAhead)(peer)
          await acceptingAfter(goAhead)(peer)
        },
      ],
      results: [stored, stored, stored],
    },
    {
      name: 'may be followed by an error status after the whole content',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.accept(500, 'the disk is full')
        },
      ],
      results: [{ ...stored, status: 500, text: 'the disk is full' }],
    },
  ])

  for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
    play([
      {
        name: `lets the content of a ${method} be sent`,
        origin: [acceptingAfter(goAhead)],
        results: [{ ...stored, sending: { method } }],
      },
    ])
  }

  play([
    {
      name: 'is also requested by the header field of the caller',
      agent: { threshold: Number.POSITIVE_INFINITY, expect: 'never' },
      origin: [acceptingAfter(goAhead)],
      results: [{ ...stored, reason: 'always', sending: { headers: { Expect: '100-continue' } } }],
    },
  ])
})
