import { kinds } from '../support/contents.ts'
import type { Play } from '../support/peer.ts'
import { accepting, acceptingWithoutExpect, inTurn, refusing } from '../support/plays.ts'
import { response } from '../support/responses.ts'
import {
  type Answered,
  play,
  refused,
  replayed,
  type Scenario,
  shortWait,
  silent,
  stored,
  unasked,
} from '../support/scenario.ts'

/** Accepts the content without an expectation, and then refuses it. */
function acceptingThenRefusing(status: number): Play {
  return async (peer) => {
    await peer.readHeadWithoutExpect()
    await peer.accept(status, 'later')
  }
}

/** Sends no 100, reads the content and then refuses it. */
const silentThenRefusing: Play = async (peer) => {
  await peer.readHeadWithExpect()
  await peer.accept(503, 'later')
}

const below = { ...unasked, reason: 'below-threshold' } as const
const asked = { ...stored, reason: 'remembered-refusal' } as const
const asking = { sending: { expect: 'always' }, reason: 'always' } as const

function refusedAfterContent(status: number, answered: Answered = below): Answered {
  return { ...answered, status, text: 'later' }
}

/** Uploads below the threshold. */
function small(scenario: Omit<Scenario, 'kinds'>): Scenario {
  const agent = { threshold: 1_000_000, ...scenario.agent }
  return { ...scenario, agent, kinds: kinds.filter(({ known }) => known) }
}

describe('a busy route', () => {
  play([
    ...[413, 429, 503].map((status) =>
      small({
        name: `gets an expectation below the threshold after a ${status}, until a 2xx`,
        origin: [inTurn(acceptingThenRefusing(status), accepting, acceptingWithoutExpect)],
        results: [refusedAfterContent(status), asked, below],
      }),
    ),
    ...[400, 500, 502, 504].map((status) =>
      small({
        name: `is not one that answered ${status}`,
        origin: [inTurn(acceptingThenRefusing(status), acceptingWithoutExpect)],
        results: [refusedAfterContent(status), below],
      }),
    ),
    small({
      name: 'prevents content below the threshold from being sent',
      origin: [inTurn(acceptingThenRefusing(503), refusing(response(503, 'later')))],
      results: [
        refusedAfterContent(503),
        { ...refused(503, 'later'), reason: 'remembered-refusal' },
      ],
    }),
    small({
      name: 'is also recognised by a refusal before the content',
      origin: [refusing(response(429, 'later')), accepting],
      results: [{ ...refused(429, 'later'), ...asking }, asked],
    }),
    small({
      name: 'is also recognised by the response to content after a 100',
      origin: [
        inTurn(async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces('HTTP/1.1 100 Continue\r\n\r\n')
          await peer.accept(503, 'later')
        }, accepting),
      ],
      results: [{ ...refusedAfterContent(503, stored), ...asking }, asked],
    }),
    small({
      name: 'gets no expectation after it answered 417',
      origin: [
        inTurn(acceptingThenRefusing(503), refusing(response(417))),
        inTurn(acceptingThenRefusing(503), acceptingWithoutExpect),
      ],
      results: [
        refusedAfterContent(503),
        refusedAfterContent(503, { ...replayed, reason: 'remembered-refusal' }),
        below,
      ],
    }),
    small({
      name: 'gets no expectation after it was silent',
      agent: shortWait,
      origin: [inTurn(acceptingThenRefusing(503), silentThenRefusing, acceptingWithoutExpect)],
      results: [
        refusedAfterContent(503),
        refusedAfterContent(503, { ...silent, reason: 'remembered-refusal' }),
        below,
      ],
    }),
    small({
      name: "gets no expectation with expect: 'never', whose responses are noted",
      origin: [inTurn(acceptingThenRefusing(503), acceptingThenRefusing(503), accepting)],
      results: [
        { ...refusedAfterContent(503), sending: { expect: 'never' }, reason: 'never' },
        { ...refusedAfterContent(503), sending: { expect: 'never' }, reason: 'never' },
        asked,
      ],
    }),
    small({
      name: 'is not remembered without a memory',
      agent: { memory: false },
      origin: [inTurn(acceptingThenRefusing(503), acceptingWithoutExpect)],
      results: [refusedAfterContent(503), below],
    }),
  ])
})
