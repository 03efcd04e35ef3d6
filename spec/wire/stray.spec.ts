import { expect } from 'chai'
import { faces } from '../support/all-faces.ts'
import { haltingKinds } from '../support/halting.ts'
import { origin } from '../support/origin.ts'
import type { Play } from '../support/peer.ts'
import { accepting, acceptingWithoutExpect, inTurn, refusing } from '../support/plays.ts'
import { goAhead, head, response } from '../support/responses.ts'
import { play, refused, stored, unasked } from '../support/scenario.ts'

const never = { expect: 'never' } as const

/** Without an expectation: sends this before it reads the content. */
function sendingBeforeContent(...pieces: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithoutExpect()
    await peer.wire.pieces(...pieces)
    await peer.accept()
  }
}

/** Without an expectation: sends this after it read the content. */
function sendingAfterContent(...pieces: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithoutExpect()
    await peer.readContent()
    await peer.wire.pieces(...pieces)
  }
}

const created = response(201, 'stored')
const lookalike = `${goAhead}HTTP/1.1 417 Expectation Failed\r\n\r\n`
const lookalikeHead = head(200, `Content-Length: ${lookalike.length}`)
const looksLike = { status: 200, text: lookalike }

describe('a 100 to a request without an expectation', () => {
  play([
    {
      name: 'is removed before the content was read',
      agent: never,
      origin: [
        inTurn(
          sendingBeforeContent(goAhead),
          sendingBeforeContent(...goAhead),
          acceptingWithoutExpect,
        ),
      ],
      results: [unasked, unasked, unasked],
    },
    {
      name: 'is removed after the content',
      agent: never,
      origin: [
        inTurn(
          sendingAfterContent(goAhead, created),
          sendingAfterContent(goAhead + created),
          acceptingWithoutExpect,
        ),
      ],
      results: [unasked, unasked, unasked],
    },
    {
      name: 'is removed in single bytes, with the final response',
      agent: never,
      origin: [inTurn(sendingAfterContent(...goAhead, ...created), acceptingWithoutExpect)],
      results: [unasked, unasked],
    },
    {
      name: 'is removed when it is repeated',
      agent: never,
      origin: [
        inTurn(
          sendingBeforeContent(goAhead + goAhead),
          sendingAfterContent(goAhead, goAhead + created),
        ),
      ],
      results: [unasked, unasked],
    },
    {
      name: 'is removed between other interim responses',
      agent: never,
      origin: [
        inTurn(
          sendingAfterContent(head(103) + goAhead + head(102) + goAhead, created),
          acceptingWithoutExpect,
        ),
      ],
      results: [unasked, unasked],
    },
    {
      name: 'is removed while content is sent',
      agent: never,
      kinds: haltingKinds,
      origin: [
        async (peer) => {
          await peer.readHeadWithoutExpect()
          await peer.waitForHalf()
          await peer.wire.pieces(goAhead, ...goAhead)
          peer.resume()
          await peer.accept()
        },
      ],
      results: [unasked],
    },
    {
      name: 'is removed before a refusal',
      agent: never,
      origin: [sendingAfterContent(goAhead + response(413, 'too large'))],
      results: [{ ...unasked, status: 413, text: 'too large' }],
    },
  ])
})

describe('response content that looks like interim responses', () => {
  play([
    {
      name: 'arrives unchanged without an expectation',
      agent: never,
      origin: [inTurn(sendingAfterContent(lookalikeHead, lookalike), acceptingWithoutExpect)],
      results: [{ ...unasked, ...looksLike }, unasked],
    },
    {
      name: 'arrives unchanged in one piece with its head, without an expectation',
      agent: never,
      origin: [inTurn(sendingAfterContent(lookalikeHead + lookalike), acceptingWithoutExpect)],
      results: [{ ...unasked, ...looksLike }, unasked],
    },
    {
      name: 'arrives unchanged in single bytes, without an expectation',
      agent: never,
      origin: [inTurn(sendingAfterContent(...lookalikeHead, ...lookalike), acceptingWithoutExpect)],
      results: [{ ...unasked, ...looksLike }, unasked],
    },
    {
      name: 'arrives unchanged after a 100',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.readContent()
          await peer.wire.pieces(lookalikeHead, lookalike)
          await accepting(peer)
        },
      ],
      results: [{ ...stored, ...looksLike }, stored],
    },
    {
      name: 'arrives unchanged with a refusal',
      origin: [refusing(head(413, `Content-Length: ${lookalike.length}`), lookalike), accepting],
      results: [refused(413, lookalike), stored],
    },
    {
      name: 'arrives unchanged in chunks',
      agent: never,
      origin: [
        inTurn(
          sendingAfterContent(
            head(200, 'Transfer-Encoding: chunked'),
            `${goAhead.length.toString(16)}\r\n`,
            goAhead,
            '\r\n0\r\n\r\n',
          ),
          acceptingWithoutExpect,
        ),
      ],
      results: [{ ...unasked, status: 200, text: goAhead }, unasked],
    },
  ])
})

/** Faces that can make a request without content. */
const getters = faces.filter(({ name }) => name !== 'upload')

const answers: readonly [name: string, text: string, ...pieces: string[]][] = [
  ['removes a 100', 'ok', goAhead, response(200, 'ok')],
  ['removes a 100 in one piece with the response', 'ok', goAhead + response(200, 'ok')],
  ['removes a 100 in single bytes', 'ok', ...goAhead, ...response(200, 'ok')],
  ['removes two 100s', 'ok', goAhead + goAhead, response(200, 'ok')],
  ['removes a 100 after a 103', 'ok', head(103) + goAhead, response(200, 'ok')],
  ['does not change content that looks like a 100', lookalike, lookalikeHead, lookalike],
]

for (const { name, open } of getters) {
  describe(`a GET through ${name}`, () => {
    for (const [does, text, ...pieces] of answers) {
      it(does, async () => {
        const peer = await origin(async (wire) => {
          for (const answer of [pieces, [response(200, 'next')]]) {
            expect(await wire.head())
              .to.match(/^GET /)
              .and.not.match(/^(expect|x-expect).*:/im)
            await wire.pieces(...answer)
          }
        })
        const send = open({ connections: 1 })
        const get = () => send(peer.url, null, { method: 'GET' })
        expect(await get()).to.include({ status: 200, text })
        expect(await get()).to.include({ status: 200, text: 'next' })
        await peer.done
        expect(peer.connections).to.equal(1)
      })
    }
  })
}
