import type { Peer, Play } from '../support/peer.ts'
import { accepting, acceptingWithoutExpect, inTurn, refusing } from '../support/plays.ts'
import { goAhead, head, response } from '../support/responses.ts'
import {
  connectionLost,
  play,
  refused,
  replayed,
  shortWait,
  silent,
  stored,
} from '../support/scenario.ts'

/** How a connection ends. */
const endings: readonly [name: string, die: (peer: Peer) => void][] = [
  ['a reset', (peer) => peer.wire.reset()],
  ['a close', (peer) => peer.wire.end()],
]

for (const [name, die] of endings) {
  /** Ends after these pieces. No content may have arrived. */
  const endingAfter = (...pieces: string[]): Play => {
    return async (peer) => {
      await peer.readHeadWithExpect()
      await peer.sendPieces(...pieces)
      die(peer)
      await peer.expectClosedWithoutContent()
    }
  }

  describe(`${name} before any response`, () => {
    play([
      {
        name: 'causes a fresh attempt with an expectation',
        origin: [endingAfter(), accepting],
        results: [stored],
      },
      {
        name: 'causes a fresh attempt, which may be refused',
        origin: [endingAfter(), refusing(response(403, 'no'))],
        results: [refused(403, 'no')],
      },
      {
        name: 'causes a fresh attempt, which is replayed after a 417',
        origin: [endingAfter(), refusing(response(417)), acceptingWithoutExpect],
        results: [replayed],
      },
      {
        name: 'causes a fresh attempt, which waits for the silent origin',
        agent: shortWait,
        origin: [
          endingAfter(),
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.accept()
          },
        ],
        results: [silent],
      },
      {
        name: 'is an error when it comes twice',
        origin: [endingAfter(), endingAfter()],
        results: [connectionLost],
      },
      {
        name: 'causes one fresh attempt for each upload',
        origin: [endingAfter(), endingAfter(), accepting],
        results: [connectionLost, stored],
      },
      {
        name: 'on a reused connection causes a fresh attempt',
        origin: [inTurn(accepting, endingAfter()), accepting],
        results: [stored, stored],
      },
      {
        name: 'on a reused connection causes a fresh attempt, which fails when it comes again',
        origin: [inTurn(accepting, accepting, endingAfter()), endingAfter()],
        results: [stored, stored, connectionLost],
      },
    ])

    for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
      const result = { ...stored, sending: { method } }
      play([
        {
          name: `causes a fresh attempt of a ${method}`,
          origin: [endingAfter(), accepting],
          results: [result],
        },
        {
          name: `on a reused connection causes a fresh attempt of a ${method}`,
          origin: [inTurn(accepting, endingAfter()), accepting],
          results: [stored, result],
        },
      ])
    }
  })

  describe(`${name} before the content, after a part of a response`, () => {
    play([
      {
        name: 'is an error, and the upload is not retried: after a 103',
        origin: [endingAfter(head(103))],
        results: [connectionLost],
      },
      {
        name: 'is an error, and the upload is not retried: after a part of a 100',
        origin: [endingAfter(goAhead.slice(0, 12))],
        results: [
          name === 'a close' ? { error: ['HTTPParserError', 'UND_ERR_SOCKET'] } : connectionLost,
        ],
      },
      {
        name: 'is an error, and the upload is not retried: inside a 100',
        origin: [endingAfter(goAhead.slice(0, 20))],
        results: [connectionLost],
      },
      {
        name: 'makes the next upload use a new connection',
        origin: [endingAfter(head(102)), accepting],
        results: [connectionLost, stored],
      },
    ])
  })

  describe(`${name} instead of the final response`, () => {
    /** Ends after the whole content. */
    const endingAfterContent: Play = async (peer) => {
      await peer.readHeadWithExpect()
      await peer.sendPieces(goAhead)
      await peer.readContent()
      die(peer)
    }
    play([
      {
        name: 'is an error, and the upload is not retried',
        origin: [endingAfterContent],
        results: [connectionLost],
      },
      {
        name: 'is also an error on a reused connection',
        origin: [inTurn(accepting, endingAfterContent), accepting],
        results: [stored, connectionLost, stored],
      },
    ])
  })
}

describe('an invalid response', () => {
  play([
    {
      name: 'is an error, and no content is sent: a 101',
      origin: [refusing(head(101, 'Connection: upgrade', 'Upgrade: else')), accepting],
      results: [connectionLost, stored],
    },
    {
      name: 'is an error, and no content is sent: something else',
      origin: [refusing('SSH-2.0-OpenSSH_9.9\r\n'), accepting],
      results: [{ error: ['HTTPParserError'] }, stored],
    },
    {
      name: 'is an error, and no content is sent: a status of four digits',
      origin: [refusing('HTTP/1.1 1000 Continue\r\n\r\n'), accepting],
      results: [{ error: ['HTTPParserError'] }, stored],
    },
  ])
})

describe('a connection that ends between two uploads', () => {
  const endingWhenIdle =
    (die: (peer: Peer) => void): Play =>
    async (peer) => {
      await peer.readHeadWithExpect()
      await peer.sendPieces(goAhead)
      await peer.accept(201, 'stored', 'Keep-Alive: timeout=600')
      await peer.wire.pieces('')
      die(peer)
    }
  play(
    endings.map(([name, die]) => ({
      name: `is not reused: ${name}`,
      origin: [endingWhenIdle(die), accepting],
      results: [stored, stored],
    })),
  )
  play([
    {
      name: 'is not reused when the origin announced it',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.accept(201, 'stored', 'Connection: close')
          await peer.expectClosedWithoutContent()
        },
        accepting,
      ],
      results: [stored, stored],
    },
  ])
})
