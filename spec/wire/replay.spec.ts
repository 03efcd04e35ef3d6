import { kinds } from '../support/contents.ts'
import type { Play } from '../support/peer.ts'
import {
  accepting,
  acceptingWithoutExpect,
  inTurn,
  refusing,
  refusingAndClosing,
} from '../support/plays.ts'
import { framings, goAhead, head, response } from '../support/responses.ts'
import {
  connectionLost,
  play,
  replayed,
  type Scenario,
  shortWait,
  silent,
  stored,
  unasked,
} from '../support/scenario.ts'

/** A replay on this connection would hang: the origin would take it as content. */
const expectationFailed = refusing(response(417, 'no expectations'))
const remembered = { ...unasked, reason: 'remembered-417' } as const
const never = { sending: { expect: 'never' }, reason: 'never' } as const
const always = { sending: { expect: 'always' }, reason: 'always' } as const

/** An upload that is replayed after the origin did this. */
function replayedAfter(name: string, first: Play, more: Partial<Scenario> = {}): Scenario {
  return { name, origin: [first, acceptingWithoutExpect], results: [replayed], ...more }
}

describe('a 417 before the content', () => {
  play([
    replayedAfter('causes a replay on a new connection', expectationFailed),
    ...framings.map(({ name, closes, of }) =>
      replayedAfter(`causes a replay: ${name}`, (closes ? refusingAndClosing : refusing)(of(417))),
    ),
    ...framings.map(({ name, closes, of }) =>
      replayedAfter(
        `causes a replay: ${name}, in single bytes`,
        (closes ? refusingAndClosing : refusing)(...of(417)),
      ),
    ),
    ...framings
      .filter(({ closes }) => closes)
      .map(({ name, of }) =>
        replayedAfter(
          `causes a replay while the origin keeps its side open: ${name}`,
          refusing(of(417)),
        ),
      ),
    replayedAfter(
      'causes a replay when only its head has arrived',
      refusing(head(417, 'Content-Length: 1000')),
    ),
    replayedAfter(
      'causes a replay if the 417 has large content',
      refusing(response(417, 'x'.repeat(100_000))),
    ),
    replayedAfter('causes a replay after a 103', refusing(head(103), response(417))),
    replayedAfter(
      'causes a replay after a 103 in one piece with it',
      refusing(head(103) + response(417)),
    ),
    replayedAfter(
      'causes a replay after a 100 in one piece with it',
      refusing(goAhead + response(417)),
    ),
    replayedAfter('causes a replay although a reset follows it', async (peer) => {
      await peer.readHeadWithExpect()
      await peer.sendPieces(response(417, 'no'))
      peer.wire.reset()
    }),
    replayedAfter('causes a replay if an agent may have several connections', expectationFailed, {
      agent: { connections: null },
    }),
    replayedAfter('causes a replay if an agent pipelines', expectationFailed, {
      agent: { connections: 1, pipelining: 4 },
    }),
  ])

  for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
    const results = [{ ...replayed, sending: { method } }]
    play([
      replayedAfter(`causes a replay: ${method}, kept connection`, expectationFailed, { results }),
      replayedAfter(
        `causes a replay: ${method}, closed connection`,
        refusing(response(417, 'no', 'Connection: close')),
        { results },
      ),
      replayedAfter(
        `causes a replay: ${method}, up to the close`,
        refusingAndClosing(`${head(417)}no`),
        { results },
      ),
    ])
  }

  const second: Play = async (peer) => {
    await peer.readHeadWithoutExpect()
    await peer.accept(417, 'still no')
  }
  play([
    {
      name: 'causes one replay; a 417 to the replay is returned',
      origin: [expectationFailed, second],
      results: [{ ...replayed, status: 417, text: 'still no' }],
    },
    {
      name: 'causes a replay on a reused connection for the second upload',
      origin: [inTurn(accepting, accepting, expectationFailed), acceptingWithoutExpect],
      results: [stored, stored, replayed],
    },
    {
      name: 'leaves the connection of the replay open for later uploads',
      origin: [
        expectationFailed,
        inTurn(acceptingWithoutExpect, acceptingWithoutExpect, acceptingWithoutExpect),
      ],
      results: [replayed, remembered, remembered],
    },
    {
      name: 'returns the response to the replay',
      origin: [
        expectationFailed,
        async (peer) => {
          await peer.readHeadWithoutExpect()
          await peer.accept(507, 'full')
        },
      ],
      results: [{ ...replayed, status: 507, text: 'full' }],
    },
    {
      name: 'is an error when the connection of the replay ends, and the upload is not retried',
      origin: [
        expectationFailed,
        async (peer) => {
          await peer.readHeadWithoutExpect()
          await peer.readContent()
          peer.wire.reset()
        },
      ],
      results: [connectionLost],
    },
  ])
})

describe('a 417 to a request without an expectation', () => {
  const refusingAll: Play = async (peer) => {
    await peer.readHeadWithoutExpect()
    await peer.accept(417, 'no expectations')
  }
  const handedOver = { ...unasked, status: 417, text: 'no expectations' }
  play([
    {
      name: "is returned with expect: 'never'",
      origin: [inTurn(refusingAll, refusingAll, accepting)],
      results: [{ ...handedOver, ...never }, { ...handedOver, ...never }, stored],
    },
    {
      name: 'is returned below the threshold',
      kinds: kinds.filter(({ known }) => known),
      agent: { threshold: 8192 },
      origin: [refusingAll],
      results: [{ ...handedOver, reason: 'below-threshold' }],
    },
    {
      name: 'is returned when the route is remembered',
      origin: [expectationFailed, inTurn(acceptingWithoutExpect, refusingAll)],
      results: [replayed, { ...handedOver, reason: 'remembered-417' }],
    },
  ])
})

describe('the memory of a route that answered 417', () => {
  play([
    {
      name: "is cleared by a 100 to an upload with expect: 'always'",
      origin: [
        expectationFailed,
        inTurn(acceptingWithoutExpect, acceptingWithoutExpect, accepting, accepting),
      ],
      results: [replayed, remembered, { ...stored, ...always }, stored],
    },
    {
      name: 'is not kept without a memory',
      agent: { memory: false },
      origin: [
        expectationFailed,
        inTurn(acceptingWithoutExpect, expectationFailed),
        acceptingWithoutExpect,
      ],
      results: [replayed, replayed],
    },
    {
      name: 'replaces the memory of silence',
      agent: shortWait,
      origin: [
        inTurn(async (peer) => {
          await peer.readHeadWithExpect()
          await peer.accept()
        }, expectationFailed),
        inTurn(acceptingWithoutExpect, acceptingWithoutExpect),
      ],
      results: [silent, { ...replayed, ...always }, remembered],
    },
  ])
})
