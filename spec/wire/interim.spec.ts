import { headLimit, idleLimit } from '../../lib/protocol/interim-responses.ts'
import { haltingKinds } from '../support/halting.ts'
import { accepting, inTurn, refusing, saying } from '../support/plays.ts'
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
    const gets = [{ ...stored, interim: [status, 100] }]
    play([
      {
        name: `do not start the content before the 100: ${status}`,
        origin: [saying(head(status), goAhead)],
        gets,
      },
      {
        name: `may be in one piece with the 100: ${status}`,
        origin: [saying(head(status) + goAhead)],
        gets,
      },
      {
        name: `may arrive in single bytes: ${status}`,
        origin: [saying(...head(status, 'X: y'), ...goAhead)],
        gets,
      },
    ])
  }

  const all = head(102) + head(103, 'Link: </a>; rel=preload') + head(104)
  play([
    {
      name: 'may all be in one piece with the 100',
      origin: [saying(all + goAhead)],
      gets: [{ ...stored, interim: [102, 103, 104, 100] }],
    },
    {
      name: 'may all arrive in single bytes',
      origin: [saying(...all, ...goAhead)],
      gets: [{ ...stored, interim: [102, 103, 104, 100] }],
    },
    {
      name: 'may come after the 100, in one piece with it',
      origin: [saying(goAhead + hint)],
      gets: [{ ...stored, interim: [100, 103] }],
    },
    {
      name: 'may come after the 100, while content is sent',
      kinds: haltingKinds,
      origin: [
        async (peer) => {
          await peer.asked()
          await peer.says(goAhead)
          await peer.halfway()
          await peer.wire.pieces(...hint, hint + head(102))
          peer.lift()
          await peer.takes()
        },
      ],
      gets: [{ ...stored, interim: [100, 103, 103, 102] }],
    },
    {
      name: 'may come between the content and the final response',
      origin: [
        async (peer) => {
          await peer.asked()
          await peer.says(goAhead)
          await peer.content()
          await peer.wire.pieces(...hint, head(102) + goAhead + hint + response(201, 'stored'))
        },
      ],
      gets: [{ ...stored, interim: [100, 103, 102, 100, 103] }],
    },
    {
      name: 'may come before the 100 of each request on a reused connection',
      origin: [inTurn(saying(hint, goAhead), saying(head(102) + goAhead), accepting)],
      gets: [stored, { ...stored, interim: [102, 100] }, { ...stored, interim: [100] }],
    },
    {
      name: 'may be many',
      origin: [saying(...Array.from({ length: 20 }, () => hint), goAhead)],
      gets: [{ ...stored, interim: [...Array.from({ length: 20 }, () => 103), 100] }],
    },
    {
      name: 'may add up to more than the limit of one',
      origin: [saying(...hints(4 * headLimit), goAhead)],
      gets: [stored],
    },
    {
      name: 'are counted separately for each request on a reused connection',
      origin: [inTurn(...Array.from({ length: 3 }, () => saying(...hints(headLimit), goAhead)))],
      gets: [stored, stored, stored],
    },
    {
      name: 'may come before a refusal',
      origin: [refusing(all, response(413, 'too large')), accepting],
      gets: [{ ...refused(413, 'too large'), interim: [102, 103, 104] }, stored],
    },
    {
      // undici's parser rejects bare line feeds, and it parses these heads.
      name: 'fail the upload when they end with bare line feeds',
      origin: [refusing('HTTP/1.1 102 Processing\n\n')],
      gets: [{ error: ['HTTPParserError'] }],
    },
    {
      name: 'fail the upload when they are one byte larger than the limit while no content is sent',
      origin: [refusing(...hints(idleLimit - goAhead.length + 1), goAhead)],
      gets: [overflow],
    },
    {
      name: 'fail the upload when they do not end',
      origin: [
        async (peer) => {
          await peer.asked()
          for (let sent = 0; sent < 2 * idleLimit; sent += hint.length) peer.wire.raw(hint)
          await peer.withheld()
        },
      ],
      gets: [overflow],
    },
    {
      name: 'fail the upload when one of them does not end',
      origin: [refusing('HTTP/1.1 100 Continue\r\nX: ', 'x'.repeat(headLimit))],
      gets: [overflow],
    },
  ])
})
