import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createFetch, type ExpectAgent, type ExpectOptions, type fetch } from '../../lib/index.ts'
import {
  type OriginMode,
  type OriginOptions,
  type SeenRequest,
  startOrigin,
} from '../../lib/testing/index.ts'
import { closeLater } from './closing.ts'
import { noise, sha256 } from './contents.ts'
import { agentFor } from './faces.ts'

/** What a client gets: the target, the content, and the ways to send an expectation. */
export interface Upload {
  /** Without a path. */
  readonly origin: string
  /** For clients that take a whole URL. */
  readonly url: string
  readonly fetch: typeof fetch
  readonly dispatcher: ExpectAgent
  /** The options of both, for a client that takes neither a fetch nor a dispatcher. */
  readonly options: ExpectOptions
  readonly bytes: Buffer<ArrayBuffer>
  /** A file with the bytes. */
  readonly path: string
}

/** Sends one kind of body and resolves with the status that the client saw. */
export type Way = (upload: Upload) => Promise<number>

/** What is special about a client library. */
interface ClientTraits {
  /** The response to accepted content, where the client requires a certain format. */
  readonly response?: NonNullable<OriginOptions['response']>
  /** The field of a form that contains the bytes; by default the bytes are the whole content. */
  readonly field?: string
  /** Decodes the encoding that the client puts around the bytes. */
  readonly decode?: (content: Buffer) => Buffer
  /** The content, where the client accepts only its own kind. */
  readonly bytes?: Buffer<ArrayBuffer>
  /** The kinds of body with which it returns a redirect to the caller. */
  readonly returnsRedirects?: readonly string[]
}

interface Seen {
  readonly path: 'first' | 'moved'
  readonly asked: boolean
  readonly status: number
  readonly content: string
}

interface Act {
  readonly title: string
  readonly mode: OriginMode
  readonly sees: readonly Seen[]
  readonly status: number
}

const moved = '/moved'
const noisy = Buffer.from(noise(200_000))
const redirect: OriginMode = { status: 307, headers: { location: moved } }

/** The expected result for each kind of origin. */
function actsFor(received: string, returnsRedirect: boolean): readonly Act[] {
  const refused = (status: number): Seen => ({
    path: 'first',
    asked: true,
    status,
    content: 'none',
  })
  const accepted = (asked: boolean): Seen => ({
    path: 'first',
    asked,
    status: 200,
    content: received,
  })
  const again: Act = {
    title: 'sends nothing before a 307, and all after it',
    mode: redirect,
    sees: [refused(307), { ...accepted(true), path: 'moved' }],
    status: 200,
  }
  const over: Act = {
    title: 'returns a 307, and sends nothing',
    mode: redirect,
    sees: [refused(307)],
    status: 307,
  }
  return [
    { title: 'sends after the 100', mode: 'go', sees: [accepted(true)], status: 200 },
    {
      title: 'sends when the origin is silent',
      mode: 'silent',
      sees: [accepted(true)],
      status: 200,
    },
    {
      title: 'sends again after a 417, once and without an expectation',
      mode: 417,
      sees: [refused(417), accepted(false)],
      status: 200,
    },
    { title: 'sends nothing after a 413', mode: 413, sees: [refused(413)], status: 413 },
    returnsRedirect ? over : again,
  ]
}

/** Describes how a client library uploads each kind of body to each kind of origin. */
export function describeClient(
  name: string,
  ways: Record<string, Way>,
  traits: ClientTraits = {},
): void {
  const received = summary(traits.bytes ?? noisy)
  describe(name, () => {
    for (const [body, send] of Object.entries(ways)) {
      const returnsRedirect = traits.returnsRedirects?.includes(body) ?? false
      for (const act of actsFor(received, returnsRedirect)) {
        it(`with ${body} ${act.title}`, () => play(act, send, traits))
      }
    }
  })
}

const files = new Map<Uint8Array, string>()

/**
 * A file with this content. It exists until the process ends: a client may create a stream and destroy it before the
 * file is open, and opening fails if the file is gone by then.
 */
function fileOf(bytes: Uint8Array): string {
  const known = files.get(bytes)
  if (known !== undefined) return known
  const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const path = join(folder, 'file')
  writeFileSync(path, bytes)
  files.set(bytes, path)
  return path
}

async function play(act: Act, send: Way, traits: ClientTraits): Promise<void> {
  const { response = { status: 200 }, bytes = noisy } = traits
  const mode = ({ path }: SeenRequest): OriginMode => (path === moved ? 'go' : act.mode)
  const origin = await startOrigin({ mode, response, keepContent: true })
  closeLater(() => origin.close())
  const path = fileOf(bytes)
  // The wait may only run out with a silent origin, however slow the machine is.
  const continueTimeout = act.mode === 'silent' ? 20 : 60_000
  const options = { continueTimeout, threshold: 1024 }
  const dispatcher = agentFor(options)
  const bound = createFetch({ dispatcher, ...options })
  const url = `${origin.url}/first`
  const sent = send({ origin: origin.url, url, fetch: bound, dispatcher, options, bytes, path })
  const status = await sent
  await dispatcher.close()
  expect(await Promise.all(origin.requests.map((each) => seen(each, traits)))).to.eql(act.sees)
  expect(status).to.equal(act.status)
}

async function seen(request: SeenRequest, traits: ClientTraits): Promise<Seen> {
  const { asked, status, path } = request
  const where = path === moved ? 'moved' : 'first'
  return { path: where, asked, status, content: await contentOf(request, traits) }
}

async function contentOf(request: SeenRequest, { field, decode }: ClientTraits): Promise<string> {
  if (request.bytes === 0) return 'none'
  if (request.sha256 === '') return `${request.bytes} bytes and no end`
  if (decode !== undefined) return summary(decode(request.content))
  return summary(field === undefined ? request.content : await fileIn(request, field))
}

function summary(content: Buffer): string {
  return `${content.length} bytes, sha256 ${sha256(content)}`
}

async function fileIn({ content, headers }: SeenRequest, field: string): Promise<Buffer> {
  const type = headers['content-type'] ?? ''
  const message = new Response(Buffer.from(content), { headers: { 'content-type': type } })
  const file = (await message.formData()).get(field)
  if (!(file instanceof Blob)) throw new Error(`The form has no file in its field '${field}'`)
  return Buffer.from(await file.arrayBuffer())
}

/** The status of the response, or of the error that has one. */
export async function statusOf(response: Promise<object>): Promise<number> {
  const outcome = await response.catch((error: object) => error)
  const status = statusIn(outcome)
  if (status !== null) return status
  throw outcome
}

/** Libraries put the status on the outcome itself or on its `response`. */
function statusIn(outcome: object): number | null {
  const places: unknown[] = [outcome, 'response' in outcome ? outcome.response : null]
  for (const place of places) {
    if (typeof place !== 'object' || place === null) continue
    const { status, statusCode } = place as { status?: unknown; statusCode?: unknown }
    const found = status ?? statusCode
    // Libraries use a value below 100 when there was no response.
    if (typeof found === 'number' && found >= 100) return found
  }
  return null
}
