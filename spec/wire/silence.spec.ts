import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { haltingKinds } from '../support/halting.ts'
import type { Play } from '../support/peer.ts'
import { accepting, acceptingWithoutExpect, inTurn } from '../support/plays.ts'
import { goAhead, head, response } from '../support/responses.ts'
import {
  silentWait as agent,
  play,
  shortWait,
  silent,
  stored,
  unasked,
} from '../support/scenario.ts'

/** Sends no 100, and accepts the content. */
const acceptingWithout100: Play = async (peer) => {
  await peer.readHeadWithExpect()
  await peer.accept()
}

/** Reads the content, and then sends this. */
function sendingAfterContent(...pieces: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithExpect()
    await peer.readContent()
    await peer.wire.pieces(...pieces)
  }
}

const remembered = { ...unasked, reason: 'remembered-silent' } as const
const always = { sending: { expect: 'always' }, reason: 'always' } as const
const withoutMemory: ExpectAgentOptions = { ...agent, memory: false }

describe('a silent origin', () => {
  play([
    {
      name: 'gets the content after the wait',
      agent,
      origin: [acceptingWithout100],
      results: [{ ...silent, interim: [] }],
    },
    {
      name: 'gets the content at once when the wait is 0',
      agent: { continueTimeout: 0 },
      origin: [acceptingWithout100],
      results: [silent],
    },
    {
      name: 'gets the content after the wait although it sent a 103',
      agent: shortWait,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(...head(103))
          await peer.accept()
        },
      ],
      results: [{ ...silent, interim: [103] }],
    },
    {
      name: 'does not restart the wait with each 103',
      agent: shortWait,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendHintsUntilContent()
          await peer.accept()
        },
      ],
      results: [silent],
    },
    {
      name: 'may send a 100 while content is sent',
      agent,
      kinds: haltingKinds,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.waitForHalf()
          await peer.wire.pieces(goAhead, ...goAhead)
          peer.resume()
          await peer.accept()
        },
      ],
      results: [{ ...silent, interim: [100, 100] }],
    },
    {
      name: 'may send a 100 in one piece with the final response',
      agent,
      origin: [sendingAfterContent(goAhead + response(201, 'stored'))],
      results: [{ ...silent, interim: [100] }],
    },
    {
      name: 'may send a 100 and the final response in single bytes',
      agent,
      origin: [sendingAfterContent(...goAhead, ...response(201, 'stored'))],
      results: [{ ...silent, interim: [100] }],
    },
    {
      name: 'may send other interim responses',
      agent,
      origin: [sendingAfterContent(head(102), head(103) + goAhead, response(201, 'stored'))],
      results: [{ ...silent, interim: [102, 103, 100] }],
    },
    {
      name: 'may send an error status after the whole content',
      agent,
      origin: [sendingAfterContent(response(503, 'later'))],
      results: [{ ...silent, status: 503, text: 'later' }],
    },
  ])
})

describe('the memory of a silent route', () => {
  play([
    {
      name: 'lets the next upload send at once, on a reused connection',
      agent,
      origin: [inTurn(acceptingWithout100, acceptingWithoutExpect, acceptingWithoutExpect)],
      results: [silent, remembered, remembered],
    },
    {
      name: 'is cleared by a late 100',
      agent: shortWait,
      origin: [inTurn(sendingAfterContent(goAhead, response(201, 'stored')), accepting)],
      results: [silent, stored],
    },
    {
      name: "does not override expect: 'always', whose 100 clears it",
      agent: shortWait,
      origin: [inTurn(acceptingWithout100, accepting, accepting)],
      results: [silent, { ...stored, ...always }, stored],
    },
    {
      name: 'is not kept without a memory',
      agent: withoutMemory,
      origin: [inTurn(acceptingWithout100, acceptingWithout100)],
      results: [silent, silent],
    },
  ])
})
