import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'chai'
import type { UploadOutcome } from '../../lib/report/report.ts'
import { type Kind, kinds, noise, sha256 } from '../support/contents.ts'
import { ownFaces } from '../support/faces.ts'
import { type Play, protocols, tlsFront } from '../support/tls-front.ts'

/** A request as the origin received it. */
interface Seen {
  readonly asked: boolean
  /** The sha256 of all content; `null` when it was incomplete. */
  readonly sha: string | null
}

const [buffer, , , stream] = kinds as [Kind, Kind, Kind, Kind]
const small = noise(300_000)
const large = noise(4_000_000)

async function take(request: IncomingMessage, response: ServerResponse): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  response.statusCode = 201
  response.end()
  return sha256(Buffer.concat(chunks))
}

/** Node resets a stream after its response unless the request is read. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): null {
  request.resume()
  response.statusCode = status
  response.end('no')
  return null
}

type Script = (
  request: IncomingMessage,
  response: ServerResponse,
  asked: boolean,
) => Promise<string | null> | null

interface Row {
  readonly origin: string
  readonly script: Script
  readonly bytes?: Buffer
  readonly status: number
  readonly outcome: UploadOutcome
  /** For each request: whether it had an expectation, and whether all content arrived. */
  readonly requests: readonly (readonly [asked: boolean, whole: boolean])[]
  readonly interim?: readonly number[]
}

const rows: readonly Row[] = [
  {
    origin: 'sends a 100',
    script: (request, response) => {
      response.writeContinue()
      return take(request, response)
    },
    status: 201,
    outcome: 'continued',
    requests: [[true, true]],
    interim: [100],
  },
  {
    origin: 'sends a 100 after the wait',
    script: async (request, response) => {
      await once(request, 'readable')
      response.writeContinue()
      return take(request, response)
    },
    status: 201,
    outcome: 'silent',
    requests: [[true, true]],
    interim: [100],
  },
  {
    origin: 'sends nothing',
    script: take,
    status: 201,
    outcome: 'silent',
    requests: [[true, true]],
  },
  {
    origin: 'sends a 103 and a 100',
    script: (request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeContinue()
      return take(request, response)
    },
    status: 201,
    outcome: 'continued',
    requests: [[true, true]],
    interim: [103, 100],
  },
  ...[401, 413].map(
    (status): Row => ({
      origin: `answers ${status}`,
      script: (request, response) => refuse(request, response, status),
      status,
      outcome: 'refused',
      requests: [[true, false]],
    }),
  ),
  {
    origin: 'answers 200 before the content',
    script: (request, response) => refuse(request, response, 200),
    status: 200,
    outcome: 'answered',
    requests: [[true, false]],
  },
  {
    origin: 'answers 417',
    script: (request, response, asked) =>
      asked ? refuse(request, response, 417) : take(request, response),
    status: 201,
    outcome: 'replayed',
    requests: [
      [true, false],
      [false, true],
    ],
  },
  {
    origin: 'answers 413 while content is sent',
    script: async (request, response) => {
      response.writeContinue()
      await once(request, 'readable')
      response.statusCode = 413
      response.end('no')
      return null
    },
    bytes: large,
    status: 413,
    outcome: 'continued',
    requests: [[true, false]],
    interim: [100],
  },
]

describe('an upload over TLS', () => {
  for (const [name, offered] of Object.entries(protocols)) {
    // Over HTTP/1.1, the result in mid-content depends on the size of buffers.
    const applicable = offered.includes('h2')
      ? rows
      : rows.filter(({ bytes }) => bytes === undefined)
    for (const row of applicable) {
      for (const face of ownFaces) {
        for (const kind of [buffer, stream]) {
          it(`to an origin that speaks ${name} and ${row.origin}: ${kind.name}, ${face.name}`, async () => {
            const { bytes = small } = row
            const seen: Seen[] = []
            const pending: Promise<void>[] = []
            const play: Play = (request, response, asked) => {
              const note = async (): Promise<void> => {
                const sha = await row.script(request, response, asked)
                seen.push({ asked, sha })
              }
              pending.push(note())
            }
            const front = await tlsFront(offered, play)
            const continueTimeout = row.outcome === 'silent' ? 30 : 60_000
            const send = face.open({
              expect: 'always',
              continueTimeout,
              connect: { ca: front.ca },
              allowH2: offered.includes('h2'),
            })
            const sending = { headers: kind.headers(bytes) }
            const { status, report } = await send(`${front.url}/`, kind.make(bytes), sending)
            await Promise.all(pending)
            expect(status).to.equal(row.status)
            expect(seen).to.eql(
              row.requests.map(([asked, complete]) => ({
                asked,
                sha: complete ? sha256(bytes) : null,
              })),
            )
            if (report !== undefined) {
              expect(report).to.include({ asked: true, outcome: row.outcome })
              const [first] = report.attempts
              expect(first?.interim.map(({ status }) => status)).to.eql(row.interim ?? [])
              const complete = row.requests.some(([, sent]) => sent)
              if (complete) expect(report.sentBytes).to.equal(bytes.length)
              else if (row.interim === undefined) expect(report.sentBytes).to.equal(0)
              else expect(report.sentBytes).to.be.below(bytes.length)
            }
            if (!offered.includes('h2')) return

            // The refused stream is reset without an end, and the connection stays in use.
            const [first] = row.requests
            if (first?.[1] === false) {
              await front.until(/^RST_STREAM 1 code 8$/)
              if (row.interim === undefined) expect(front.frames).not.to.include('DATA 1')
              expect(front.frames).not.to.include('DATA 1 END_STREAM')
            }
            row.requests.forEach(([, complete], index) => {
              const ends = front.frames.filter(
                (frame) => frame === `DATA ${2 * index + 1} END_STREAM`,
              )
              expect(ends).to.have.length(complete ? 1 : 0)
            })
            await send(`${front.url}/again`, kind.make(bytes), sending)
            expect(front.connections).to.equal(1)
          })
        }
      }
    }
  }
})
