import { expect } from 'chai'
import { upload } from '../../lib/index.ts'
import { standingClock } from '../support/clock.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { haltingKinds } from '../support/halting.ts'
import { origin } from '../support/origin.ts'
import type { Play } from '../support/peer.ts'
import { goAhead, head, response } from '../support/responses.ts'
import { play, stored } from '../support/scenario.ts'
import { signal } from '../support/signal.ts'
import type { Wire } from '../support/wire.ts'

/** An interim response of this many bytes. */
function sized(status: number, bytes: number): string {
  return head(status, `X: ${'x'.repeat(bytes - head(status, 'X: ').length)}`)
}

const many = (count: number, status: number): number[] =>
  Array.from({ length: count }, () => status)
const overflow = { error: ['ERR_EXPECT_INTERIM_OVERFLOW'] }
const resumed = sized(104, 68)
const processing = sized(102, 100)
const bare = 'HTTP/1.1 100 Continue\r\n\r\n'

/** Sends these one by one while the content is paused, and reads the rest. */
function inMidContent(...texts: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithExpect()
    await peer.sendPieces(goAhead)
    await peer.waitForHalf()
    await peer.wire.pieces(...texts)
    peer.resume()
    await peer.accept()
  }
}

/** Sends these one by one after the content, and then the response. */
function behindContent(...texts: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithExpect()
    await peer.sendPieces(goAhead)
    await peer.readContent()
    await peer.wire.pieces(...texts, response(201, 'stored'))
  }
}

/** Sends these one by one during the wait, and then a 100. */
function inTheWait(...texts: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithExpect()
    await peer.sendPieces(...texts, goAhead)
    await peer.accept()
  }
}

/** Repeats the text until the client closes. Fails after 64 MiB. */
async function floods(wire: Wire, text: string): Promise<void> {
  const flood = text.repeat(100)
  const { socket } = wire
  for (let sent = 0; !socket.destroyed && socket.writable; sent += flood.length) {
    if (sent > 67_108_864) throw new Error('The client has accepted 64 MiB of interim responses')
    await new Promise<void>((next) => {
      socket.once('close', next)
      socket.write(flood, () => {
        socket.off('close', next)
        next()
      })
    })
  }
  await wire.closed()
}

describe('hundreds of interim responses', function () {
  this.timeout(4000)

  play([
    {
      name: 'are ignored while content is sent: 300 × 104',
      kinds: haltingKinds,
      origin: [inMidContent(...Array.from({ length: 300 }, () => resumed))],
      results: [{ ...stored, interim: [100, ...many(300, 104)] }],
    },
    {
      name: 'are ignored while content is sent, in one piece: 300 × 104',
      kinds: haltingKinds,
      origin: [inMidContent(resumed.repeat(300))],
      results: [{ ...stored, interim: [100, ...many(300, 104)] }],
    },
    {
      name: 'are ignored while content is sent: 700 bare 100s',
      kinds: haltingKinds,
      origin: [inMidContent(bare.repeat(700))],
      results: [{ ...stored, interim: many(701, 100) }],
    },
    {
      name: 'are ignored while content is sent: 200 × 102',
      kinds: haltingKinds,
      origin: [inMidContent(...Array.from({ length: 200 }, () => processing))],
      results: [{ ...stored, interim: [100, ...many(200, 102)] }],
    },
    {
      name: 'are ignored during the wait: 200 × 102',
      origin: [inTheWait(...Array.from({ length: 200 }, () => processing))],
      results: [{ ...stored, interim: [...many(200, 102), 100] }],
    },
    {
      name: 'are ignored after the content: 200 × 102',
      origin: [behindContent(...Array.from({ length: 200 }, () => processing))],
      results: [{ ...stored, interim: [100, ...many(200, 102)] }],
    },
    {
      name: 'are ignored after the content: 700 bare 100s',
      origin: [behindContent(bare.repeat(700))],
      results: [{ ...stored, interim: many(701, 100) }],
    },
  ])
})

describe('unlimited interim responses', function () {
  this.timeout(4000)

  for (const status of [100, 102, 104]) {
    play([
      {
        name: `fail the upload when one is too large: ${status}`,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            peer.wire.raw(sized(status, 262_144))
            await peer.expectClosedWithoutContent()
          },
        ],
        results: [overflow],
      },
    ])
  }

  for (const status of [102, 103, 104]) {
    play([
      {
        name: `fail the upload when they flood the wait: ${status}`,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await floods(peer.wire, sized(status, 68))
          },
        ],
        results: [overflow],
      },
      {
        name: `fail the upload when they flood the time after the content: ${status}`,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.sendPieces(goAhead)
            await peer.readContent()
            await floods(peer.wire, sized(status, 68))
          },
        ],
        results: [overflow],
      },
    ])
  }
  play([
    {
      name: 'fail the upload when they flood the time after the content: 100',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.readContent()
          await floods(peer.wire, bare)
        },
      ],
      results: [overflow],
    },
  ])
})

describe('the wait for the final response', function () {
  this.timeout(4000)

  for (const status of [102, 103, 104]) {
    it(`restarts at each ${status}`, async () => {
      const arrived = Array.from({ length: 8 }, () => signal())
      const received = signal()
      const clock = standingClock()
      const peer = await origin(async (wire) => {
        const text = await wire.head()
        wire.raw(goAhead)
        await wire.content(text)
        received.raise()
        for (const each of arrived) {
          clock.tick(200)
          wire.raw(head(status))
          await each.raised
        }
        clock.tick(200)
        wire.raw(response(201, 'stored'))
      })
      let count = 0
      const { response: answer } = await upload(peer.url, noise(5000), {
        dispatcher: agentFor({ expect: 'always', continueTimeout: 60_000 }),
        timeouts: { headers: 500 },
        onInterim: () => arrived[count++]?.raise(),
      })
      expect(answer.status).to.equal(201)
      expect(count).to.equal(8)
      await peer.done
    })
  }

  it('ends after that time without a response', async () => {
    const clock = standingClock()
    const interim = signal()
    const peer = await origin(async (wire) => {
      const text = await wire.head()
      wire.raw(goAhead)
      await wire.content(text)
      wire.raw(head(102))
      await interim.raised
      clock.tick(499)
      clock.tick(2)
      await wire.closed()
    })
    const failure = await upload(peer.url, noise(5000), {
      dispatcher: agentFor({ expect: 'always', continueTimeout: 60_000 }),
      timeouts: { headers: 500 },
      onInterim: () => interim.raise(),
    }).catch((error) => error)
    expect(failure).to.have.property('code', 'ERR_EXPECT_HEADERS_TIMEOUT')
    await peer.done
  })
})
