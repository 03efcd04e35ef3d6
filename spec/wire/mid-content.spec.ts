import { noise, kinds as plainKinds } from '../support/contents.ts'
import { haltingKinds } from '../support/halting.ts'
import type { Play } from '../support/peer.ts'
import { accepting, acceptingWithoutExpect } from '../support/plays.ts'
import { framings, goAhead, head, response } from '../support/responses.ts'
import {
  type Answered,
  connectionLost,
  play,
  type Scenario,
  silentWait,
  stored,
  unasked,
} from '../support/scenario.ts'

const kinds = haltingKinds

/** Answers while content is sent, reads on, and must not get the whole message. */
function answering(...pieces: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithExpect()
    await peer.sendPieces(goAhead)
    await peer.waitForHalf()
    await peer.wire.pieces(...pieces)
    await peer.expectClosedIncomplete()
  }
}

/** A response after some of the content. */
function cut(status: number, text: string): Answered {
  return { ...stored, status, text, sent: [0.5, 0.5] }
}

function refusing(status: number): Scenario {
  return {
    name: `is returned, and the connection is closed: ${status}`,
    kinds,
    origin: [answering(response(status, 'enough')), accepting],
    results: [cut(status, 'enough'), stored],
  }
}

describe('a final response while content is sent', () => {
  play([300, 400, 401, 403, 404, 409, 413, 415, 429, 500, 503, 507].map(refusing))

  play(
    framings.map(({ name, text, closes, of }) => ({
      name: `is returned, ${name}`,
      kinds,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.waitForHalf()
          await peer.wire.pieces(of(413))
          if (closes) peer.wire.end()
          await peer.expectClosedIncomplete()
        },
        accepting,
      ],
      results: [cut(413, text), stored],
    })),
  )

  play([
    {
      name: 'stops the content even if the response is incomplete',
      kinds,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.waitForHalf()
          await peer.wire.pieces(...head(413, 'Content-Length: 9'), ...'too ')
          peer.resume()
          await peer.wire.pieces(...'large')
          await peer.expectClosedIncomplete()
        },
        accepting,
      ],
      results: [cut(413, 'too large'), stored],
    },
    {
      name: 'may arrive in single bytes',
      kinds,
      origin: [answering(...response(413, 'too large')), accepting],
      results: [cut(413, 'too large'), stored],
    },
    {
      name: 'may come after other interim responses',
      kinds,
      origin: [answering(head(103), head(102) + goAhead + response(413, 'too large')), accepting],
      results: [{ ...cut(413, 'too large'), interim: [100, 103, 102, 100] }, stored],
    },
    {
      name: 'is returned after silence',
      kinds,
      agent: silentWait,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.waitForHalf()
          await peer.wire.pieces(response(413, 'too large'))
          await peer.expectClosedIncomplete()
        },
        acceptingWithoutExpect,
      ],
      results: [{ ...cut(413, 'too large'), outcome: 'silent' }, unasked],
    },
    {
      name: 'is returned without an expectation',
      kinds,
      agent: { expect: 'never' },
      origin: [
        async (peer) => {
          await peer.readHeadWithoutExpect()
          await peer.waitForHalf()
          await peer.wire.pieces(response(413, 'too large'))
          await peer.expectClosedIncomplete()
        },
        acceptingWithoutExpect,
      ],
      results: [{ ...cut(413, 'too large'), outcome: 'not-asked' }, unasked],
    },
    {
      name: 'is returned in spite of the reset that follows it',
      kinds,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.waitForHalf()
          await peer.wire.pieces(response(413, 'too large'))
          peer.wire.reset()
          await peer.expectClosedIncomplete()
        },
        accepting,
      ],
      results: [cut(413, 'too large'), stored],
    },
    {
      name: 'from 200 to 299 is returned, and the rest is not sent',
      kinds,
      origin: [answering(response(200, 'had it')), accepting],
      results: [{ ...cut(200, 'had it'), outcome: 'answered' }, stored],
    },
  ])

  play([
    {
      name: 'reaches a client whose writes are blocked',
      bytes: noise(12 * 1024 * 1024),
      kinds: plainKinds.slice(0, 3),
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.waitForBytes(1024)
          // The buffers on the way hold far less than the content.
          peer.wire.socket.pause()
          await peer.wire.pieces(response(413, 'too large'))
          peer.wire.socket.resume()
          await peer.expectClosedIncomplete()
        },
        accepting,
      ],
      results: [{ ...cut(413, 'too large'), sent: [0, 0.99] }, stored],
    },
  ])
})

describe('an end of the connection while content is sent', () => {
  const ending = (die: (peer: Parameters<Play>[0]) => void): Play => {
    return async (peer) => {
      await peer.readHeadWithExpect()
      await peer.sendPieces(goAhead)
      await peer.waitForHalf()
      die(peer)
      await peer.expectClosedIncomplete()
    }
  }
  play([
    {
      name: 'is an error, and the upload is not retried: a reset',
      kinds,
      origin: [ending((peer) => peer.wire.reset())],
      results: [connectionLost],
    },
    {
      name: 'is an error, and the upload is not retried: a close',
      kinds,
      origin: [ending((peer) => peer.wire.end())],
      results: [connectionLost],
    },
    {
      name: 'makes the next upload use a new connection',
      kinds,
      origin: [ending((peer) => peer.wire.reset()), accepting],
      results: [connectionLost, stored],
    },
    {
      name: 'is also an error after silence',
      kinds,
      agent: silentWait,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.waitForHalf()
          peer.wire.reset()
          await peer.expectClosedIncomplete()
        },
      ],
      results: [connectionLost],
    },
  ])
})
