import { kinds } from '../support/contents.ts'
import { accepting, inTurn, refusing, refusingAndClosing } from '../support/plays.ts'
import { framings, goAhead, head, response } from '../support/responses.ts'
import { type Answered, play, refused, stored } from '../support/scenario.ts'

// fetch handles 407 and 421 itself.
const refusals = [300, 305, 400, 401, 402, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 422]
const failures = [428, 429, 431, 451, 500, 501, 502, 503, 504, 507, 511, 599]
const successes = [200, 201, 202, 206, 226, 299]
const several = { connections: null }

describe('a refusal before the content', () => {
  for (const status of [...refusals, ...failures]) {
    play([
      {
        name: `holds the content back and closes the connection: ${status}`,
        origin: [refusing(response(status, 'no')), accepting],
        results: [refused(status, 'no'), stored],
      },
    ])
  }

  for (const status of [401, 413, 503]) {
    for (const { name, text, closes, of } of framings) {
      const saying = closes ? refusingAndClosing : refusing
      play([
        {
          name: `holds the content back, ${name}: ${status}`,
          origin: [saying(of(status)), accepting],
          results: [refused(status, text), stored],
        },
        {
          name: `holds the content back, in single bytes, ${name}: ${status}`,
          kinds: kinds.slice(1, 3),
          origin: [saying(...of(status)), accepting],
          results: [refused(status, text), stored],
        },
      ])
    }
  }

  const location = 'Location: /elsewhere'
  const redirects: [number, string, string][] = [
    [303, 'see', response(303, 'see', location)],
    [307, '', response(307, '', location)],
    [308, 'moved', response(308, 'moved', location, 'Connection: close')],
    [304, '', head(304, 'ETag: "a"')],
  ]
  play(
    redirects.map(([status, text, answer]) => ({
      name: `is returned with redirect: 'manual': ${status}`,
      origin: [refusing(answer), accepting],
      results: [refused(status, text), stored],
    })),
  )

  play([
    {
      name: 'takes precedence over a 100 in one piece with it',
      origin: [refusing(goAhead + response(413, 'too large')), accepting],
      results: [{ ...refused(413, 'too large'), interim: [100] }, stored],
    },
    {
      name: 'takes precedence over a 100 when only its beginning is in one piece with it',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(
            goAhead + response(413, 'no').slice(0, 12),
            response(413, 'no').slice(12),
          )
          await peer.expectClosedWithoutContent()
        },
        accepting,
      ],
      results: [refused(413, 'no'), stored],
    },
    {
      name: 'may arrive in pieces, each of which does not start the content',
      origin: [
        refusing('HTTP/1.1 4', '03', ' As', ' Scripted\r\nContent-', 'Length: 2\r\n\r\n', 'no'),
      ],
      results: [refused(403, 'no')],
    },
    {
      name: 'is returned in spite of the reset that follows it',
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(response(413, 'too large'))
          peer.wire.reset()
        },
        accepting,
      ],
      results: [refused(413, 'too large'), stored],
    },
    {
      name: 'closes a connection that was used before',
      origin: [inTurn(accepting, accepting, refusing(response(429, 'slow down'))), accepting],
      results: [stored, stored, refused(429, 'slow down'), stored],
    },
    {
      name: 'may come repeatedly, each time on a new connection',
      origin: Array.from({ length: 4 }, () => refusing(response(503, 'later'))),
      results: Array.from({ length: 4 }, () => refused(503, 'later')),
    },
    {
      name: 'closes the connection if an agent may have several',
      agent: several,
      origin: [refusing(response(401, 'who?')), accepting],
      results: [refused(401, 'who?'), stored],
    },
  ])

  for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
    const sending = { method }
    play([
      {
        name: `holds the content of a ${method} back`,
        origin: [refusing(response(403, 'no')), accepting],
        results: [
          { ...refused(403, 'no'), sending },
          { ...stored, sending },
        ],
      },
    ])
  }
})

describe('a final response from 200 to 299 before the content', () => {
  const answered: Answered = refused(200, 'had it')
  play(
    successes.map((status) => ({
      name: `is returned with the outcome answered, and no content is sent: ${status}`,
      origin: [refusing(response(status, 'had it')), accepting],
      results: [{ ...answered, status }, stored],
    })),
  )
  play([
    ...framings.map(({ name, text, closes, of }) => ({
      name: `is returned, ${name}`,
      origin: [(closes ? refusingAndClosing : refusing)(of(200)), accepting],
      results: [{ ...answered, text }, stored],
    })),
    {
      name: 'may have no content',
      origin: [refusing(head(204)), accepting],
      results: [{ ...answered, status: 204, text: '' }, stored],
    },
    {
      name: 'does not end the upload in one piece with a 100',
      origin: [
        inTurn(async (peer) => {
          await peer.readHeadWithExpect()
          await peer.sendPieces(goAhead + response(201, 'had it'))
          await peer.readContent()
        }, accepting),
      ],
      results: [{ ...stored, text: 'had it', sent: [0, 1], interim: [100] }, stored],
    },
    {
      name: 'may come after other interim responses',
      origin: [refusing(...head(103), head(102) + response(200, 'had it')), accepting],
      results: [{ ...answered, interim: [103, 102] }, stored],
    },
  ])
})
