import type { Peer, Play } from '../support/peer.ts'
import { accepting, inTurn, refusing, taking } from '../support/plays.ts'
import { goAhead, head, response } from '../support/responses.ts'
import { gone, play, refused, replayed, shortWait, silent, stored } from '../support/scenario.ts'

/** How a connection ends. */
const deaths: readonly [name: string, die: (peer: Peer) => void][] = [
  ['a reset', (peer) => peer.wire.reset()],
  ['a close', (peer) => peer.wire.end()],
]

for (const [name, die] of deaths) {
  /** Ends after these pieces. No content may have arrived. */
  const dyingAfter = (...pieces: string[]): Play => {
    return async (peer) => {
      await peer.asked()
      await peer.says(...pieces)
      die(peer)
      await peer.withheld()
    }
  }

  describe(`${name} before any answer`, () => {
    play([
      {
        name: 'has the upload ask again on a fresh connection',
        origin: [dyingAfter(), accepting],
        gets: [stored],
      },
      {
        name: 'has the upload ask again, and be refused',
        origin: [dyingAfter(), refusing(response(403, 'no'))],
        gets: [refused(403, 'no')],
      },
      {
        name: 'has the upload ask again, and be replayed after a 417',
        origin: [dyingAfter(), refusing(response(417)), taking],
        gets: [replayed],
      },
      {
        name: 'has the upload ask again, and wait out the silence',
        agent: shortWait,
        origin: [
          dyingAfter(),
          async (peer) => {
            await peer.asked()
            await peer.takes()
          },
        ],
        gets: [silent],
      },
      {
        name: 'is an error when it comes twice',
        origin: [dyingAfter(), dyingAfter()],
        gets: [gone],
      },
      {
        name: 'is forgiven once for each upload',
        origin: [dyingAfter(), dyingAfter(), accepting],
        gets: [gone, stored],
      },
      {
        name: 'on a kept connection has the upload ask again',
        origin: [inTurn(accepting, dyingAfter()), accepting],
        gets: [stored, stored],
      },
      {
        name: 'on a kept connection has the upload ask again, and fail when it comes once more',
        origin: [inTurn(accepting, accepting, dyingAfter()), dyingAfter()],
        gets: [stored, stored, gone],
      },
    ])

    for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
      const gets = { ...stored, sending: { method } }
      play([
        { name: `has a ${method} ask again`, origin: [dyingAfter(), accepting], gets: [gets] },
        {
          name: `on a kept connection has a ${method} ask again`,
          origin: [inTurn(accepting, dyingAfter()), accepting],
          gets: [stored, gets],
        },
      ])
    }
  })

  describe(`${name} before the content, after some of an answer`, () => {
    play([
      {
        name: 'is an error, and the upload is not tried again: after a 103',
        origin: [dyingAfter(head(103))],
        gets: [gone],
      },
      {
        name: 'is an error, and the upload is not tried again: after a part of a 100',
        origin: [dyingAfter(goAhead.slice(0, 12))],
        gets: [name === 'a close' ? { error: ['HTTPParserError', 'UND_ERR_SOCKET'] } : gone],
      },
      {
        name: 'is an error, and the upload is not tried again: inside a 100',
        origin: [dyingAfter(goAhead.slice(0, 20))],
        gets: [gone],
      },
      {
        name: 'leaves the next upload to a connection of its own',
        origin: [dyingAfter(head(102)), accepting],
        gets: [gone, stored],
      },
    ])
  })

  describe(`${name} instead of the final response`, () => {
    /** Ends after the whole content. */
    const dyingAtLast: Play = async (peer) => {
      await peer.asked()
      await peer.says(goAhead)
      await peer.content()
      die(peer)
    }
    play([
      {
        name: 'is an error, and the upload is not tried again',
        origin: [dyingAtLast],
        gets: [gone],
      },
      {
        name: 'is an error on a kept connection, too',
        origin: [inTurn(accepting, dyingAtLast), accepting],
        gets: [stored, gone, stored],
      },
    ])
  })
}

describe('an answer that is none', () => {
  play([
    {
      name: 'is an error, and keeps the content back: a 101',
      origin: [refusing(head(101, 'Connection: upgrade', 'Upgrade: else')), accepting],
      gets: [gone, stored],
    },
    {
      name: 'is an error, and keeps the content back: something else',
      origin: [refusing('SSH-2.0-OpenSSH_9.9\r\n'), accepting],
      gets: [{ error: ['HTTPParserError'] }, stored],
    },
    {
      name: 'is an error, and keeps the content back: a status of four digits',
      origin: [refusing('HTTP/1.1 1000 Continue\r\n\r\n'), accepting],
      gets: [{ error: ['HTTPParserError'] }, stored],
    },
  ])
})

describe('a connection that ends between two uploads', () => {
  const leaving =
    (die: (peer: Peer) => void): Play =>
    async (peer) => {
      await peer.asked()
      await peer.says(goAhead)
      await peer.takes(201, 'stored', 'Keep-Alive: timeout=600')
      await peer.wire.pieces('')
      die(peer)
    }
  play(
    deaths.map(([name, die]) => ({
      name: `is not used again: ${name}`,
      origin: [leaving(die), accepting],
      gets: [stored, stored],
    })),
  )
  play([
    {
      name: 'is not used again when the origin announced it',
      origin: [
        async (peer) => {
          await peer.asked()
          await peer.says(goAhead)
          await peer.takes(201, 'stored', 'Connection: close')
          await peer.withheld()
        },
        accepting,
      ],
      gets: [stored, stored],
    },
  ])
})
