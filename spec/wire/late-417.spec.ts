import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { haltingKinds } from '../support/halting.ts'
import type { Play } from '../support/peer.ts'
import { acceptingWithoutExpect } from '../support/plays.ts'
import { framings, goAhead, head, response } from '../support/responses.ts'
import { type Answered, play, replayed, silentWait, stored } from '../support/scenario.ts'

/** What makes the content flow before the 417 arrives. */
interface Beginning {
  readonly name: string
  readonly agent: ExpectAgentOptions
  readonly outcome: Answered['outcome']
  readonly begin: Play
}

const beginnings: readonly Beginning[] = [
  {
    name: 'after silence',
    agent: silentWait,
    outcome: 'silent',
    begin: async (peer) => {
      await peer.readHeadWithExpect()
    },
  },
  {
    name: 'after a 100',
    agent: {},
    outcome: 'continued',
    begin: async (peer) => {
      await peer.readHeadWithExpect()
      await peer.sendPieces(goAhead)
    },
  },
]

const window: ExpectAgentOptions = { replayWindow: 4096 }
const tooSmall: ExpectAgentOptions = { replayWindow: 4095 }
const noWindow: ExpectAgentOptions = { replayWindow: 0 }
const halfOfIt: ExpectAgentOptions = { replayWindow: 2048 }

/** Resumes the source, and reads all content. */
const takingAll: Play = async (peer) => {
  await peer.readHeadWithoutExpect()
  peer.resume()
  await peer.accept()
}

for (const { name, agent, outcome, begin } of beginnings) {
  /** Sends this halfway through the content. */
  const halfway = (...pieces: string[]): Play => {
    return async (peer) => {
      await begin(peer)
      await peer.waitForHalf()
      await peer.wire.pieces(...pieces)
      await peer.expectClosedIncomplete()
    }
  }
  /** Reads all content, and then sends this. */
  const afterwards = (...pieces: string[]): Play => {
    return async (peer) => {
      await begin(peer)
      await peer.readContent()
      await peer.wire.pieces(...pieces)
      await peer.expectClosedWithoutContent()
    }
  }
  const handedOver: Answered = { ...stored, status: 417, text: 'no', outcome, sent: [0.5, 1] }

  describe(`a 417 while content is sent, ${name}`, () => {
    play([
      ...framings.map(({ name: framing, of }) => ({
        name: `causes a replay of content that can be opened again: ${framing}`,
        agent,
        kinds: haltingKinds,
        replayable: true,
        origin: [halfway(of(417)), takingAll],
        results: [replayed],
      })),
      {
        name: 'causes a replay of content that can be opened again, in single bytes',
        agent,
        kinds: haltingKinds,
        replayable: true,
        origin: [halfway(...head(103), ...response(417, 'no')), takingAll],
        results: [replayed],
      },
      {
        name: 'causes a replay of one-shot content that fits the window',
        agent: { ...agent, ...window },
        kinds: haltingKinds,
        replayable: false,
        origin: [halfway(response(417, 'no')), takingAll],
        results: [replayed],
      },
      {
        name: 'causes a replay of one-shot content of which the window holds what was read',
        agent: { ...agent, ...halfOfIt },
        kinds: haltingKinds,
        replayable: false,
        origin: [halfway(response(417, 'no')), takingAll],
        results: [replayed],
      },
      {
        name: 'is returned when one-shot content is not kept',
        agent: { ...agent, ...noWindow },
        kinds: haltingKinds,
        replayable: false,
        origin: [halfway(response(417, 'no'))],
        results: [handedOver],
      },
      {
        name: 'is returned when one-shot content has outgrown the window',
        agent: { ...agent, replayWindow: 2047 },
        kinds: haltingKinds,
        replayable: false,
        origin: [halfway(response(417, 'no'))],
        results: [handedOver],
      },
      {
        name: 'is remembered although there was no replay',
        agent: { ...agent, ...noWindow },
        kinds: haltingKinds,
        replayable: false,
        origin: [halfway(response(417, 'no')), acceptingWithoutExpect],
        results: [handedOver, { ...stored, outcome: 'not-asked', reason: 'remembered-417' }],
      },
      {
        name: 'causes a replay if an agent may have several connections',
        agent: { ...agent, connections: null },
        kinds: haltingKinds,
        replayable: true,
        origin: [halfway(response(417, 'no')), takingAll],
        results: [replayed],
      },
    ])
  })

  describe(`a 417 after the whole content, ${name}`, () => {
    const once: Answered = { ...handedOver, sent: 1 }
    play([
      {
        name: 'causes a replay of content that can be opened again',
        agent,
        replayable: true,
        origin: [afterwards(response(417, 'no')), acceptingWithoutExpect],
        results: [replayed],
      },
      {
        name: 'causes a replay of one-shot content that fits the window',
        agent: { ...agent, ...window },
        replayable: false,
        origin: [afterwards(head(102), ...response(417, 'no')), acceptingWithoutExpect],
        results: [replayed],
      },
      {
        name: 'is returned when one-shot content has outgrown the window',
        agent: { ...agent, ...tooSmall },
        replayable: false,
        origin: [
          async (peer) => {
            await begin(peer)
            await peer.accept(417, 'no')
          },
        ],
        results: [once],
      },
      {
        name: 'causes one replay',
        agent,
        replayable: true,
        origin: [
          afterwards(response(417, 'no')),
          async (peer) => {
            await peer.readHeadWithoutExpect()
            await peer.accept(417, 'still no')
          },
        ],
        results: [{ ...replayed, status: 417, text: 'still no' }],
      },
    ])
  })
}
