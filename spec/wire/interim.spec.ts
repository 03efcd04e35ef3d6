import { headLimit, idleLimit } from '../../lib/protocol/interim-responses.ts'
import { haltingKinds } from '../support/halting.ts'
import { accepting, acceptingAfter, inTurn, refusing } from '../support/plays.ts'
import { goAhead, head, response } from '../support/responses.ts'
import { play, refused, stored } from '../support/scenario.ts'

const hint = head(103, 'Link: </style.css>; rel=preload')
const overflow = { error: ['ERR_EXPECT_INTERIM_OVERFLOW'] }

/** 103 responses with this many bytes in total. */
function hints(bytes: number): string[] {
  const pieces: string[] = []
  for (let left = bytes; left > 0; ) {
    const size = left >= 2048 ? 1024 : left
    pieces.push(head(103, `X: ${'x'.repeat(size - head(103, 'X: ').length)}`))
    left -= size
  }
  return pieces
}

describe('interim responses other than 100', () => {
  for (const status of [102, 103, 104, 199]) {
    const results = [{ ...stored, interim: [status, 100] }]
    play([
      {
        name: `do not start the content before the 100: ${status}`,
        origin: [acceptingAfter(head(status), goAhead)],
        results,
      },
      {
        name: `may be in one piece with the 100: ${status}`,
        origin: [acceptingAfter(head(status) + goAhead)],
        results,
      },
      {
        name: `may arrive in single bytes: ${status}`,
        origin: [acceptingAfter(...head(status, 'X: y'), ...goAhead)],
        results,
      },
    ])
  }

  const all = head(102) + head(103, 'Link: </a>; rel=preload') + head(104)
  play([
    {
      name: 'may all be in one piece with the 100',
      origin: [acceptingAfter(all + goAhead)],
      results: [{ ...stored, interim: [102, 103, 104, 100] }],
    },
    {
      name: 'may all arrive in single bytes',
      origin: [acceptingAfter(...all, ...goAhead)],
      results: [{ ...stored, interim: [102, 103, 104, 100] }],
    },
    {
      name: 'may come after the 100, in one piece with it',
      origin: [acceptingAfter(goAhead + hint)],
      results: [{ ...stored, interim: [100, 103] }],
    },
    {
      name: 'may come after the 100, while content is sent',
      kinds: haltingKinds,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.waitForHalf()
          await peer.wire.pieces(...hint, hint + head(102))
          peer.resume()
          await peer.accept()
        },
      ],
      results: [{ ...stored, interim: [100, 103, 103, 102] }],
    },
    {
      name: 'may come between the content and the final response',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead)
          await peer.readContent()
          await peer.wire.pieces(...hint, head(102) + goAhead + hint + response(201, 'stored'))
        },
      ],
      results: [{ ...stored, interim: [100, 103, 102, 100, 103] }],
    },
    {
      name: 'may come before the 100 of each request on a reused connection',
      origin: [
        inTurn(acceptingAfter(hint, goAhead), acceptingAfter(head(102) + goAhead), accepting),
      ],
      results: [stored, { ...stored, interim: [102, 100] }, { ...stored, interim: [100] }],
    },
    {
      name: 'may be many',
      origin: [acceptingAfter(...Array.from({ length: 20 }, () => hint), goAhead)],
      results: [{ ...stored, interim: [...Array.from({ length: 20 }, () => 103), 100] }],
    },
    {
      name: 'may add up to more than the limit of one',
      origin: [acceptingAfter(...hints(4 * headLimit), goAhead)],
      results: [stored],
    },
    {
      name: 'are counted separately for each request on a reused connection',
      origin: [
        inTurn(...Array.from({ length: 3 }, () => acceptingAfter(...hints(headLimit), goAhead))),
      ],
      results: [stored, stored, stored],
    },
    {
      name: 'may come before a refusal',
      origin: [refusing(all, response(413, 'too large')), accepting],
      results: [{ ...refused(413, 'too large'), interim: [102, 103, 104] }, stored],
    },
    {
      // undici's parser rejects bare line feeds, and it parses these heads.
      name: 'fail the upload when they end with bare line feeds',
      origin: [refusing('HTTP/1.1 102 Processing\n\n')],
      results: [{ error: ['HTTPParserError'] }],
    },
    {
      name: 'fail the upload when they are one byte larger than the limit while no content is sent',
      origin: [refusing(...hints(idleLimit - goAhead.length + 1), goAhead)],
      results: [overflow],
    },
    {
      name: 'fail the upload when they do not end',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          for (let sent = 0; sent < 2 * idleLimit; sent += hint.length) peer.wire.raw(hint)
          await peer.expectClosedWithoutContent()
        },
      ],
      results: [overflow],
    },
    {
      name: 'fail the upload when one of them does not end',
      origin: [refusing('HTTP/1.1 100 Continue\r\nX: ', 'x'.repeat(headLimit))],
      results: [overflow],
    },
  ])
})
