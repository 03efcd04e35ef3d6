import type { IncomingHttpHeaders } from 'node:http'
import type { ExpectAgent, ExpectAgentOptions } from '../../lib/client/agent.ts'
import { type UploadOptions, type UploadResult, upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import type { UploadReport } from '../../lib/report/report.ts'
import {
  type ResumableFault,
  type ResumableOptions,
  ResumableUploads,
  type SeenUpload,
  startOrigin,
} from '../../lib/testing/index.ts'
import { closeLater } from './closing.ts'
import { noise, sha256 } from './contents.ts'
import { agentFor } from './faces.ts'
import { identity } from './identity.ts'
import { httpProxy } from './proxies.ts'
import { tlsFront } from './tls-front.ts'

/** The content of most of these uploads, and its sha256. */
export const content: Buffer = noise(3_000_000)
export const digest: string = sha256(content)

export interface Seen {
  readonly method?: string | undefined
  readonly path?: string | undefined
  readonly headers: IncomingHttpHeaders
}

/** An origin whose uploads can be resumed, and an agent for it. */
export interface Resumed {
  readonly url: string
  readonly agent: ExpectAgent
  readonly uploads: readonly SeenUpload[]
  readonly requests: readonly Seen[]
}

/** A protocol, with or without a proxy. */
export interface Way {
  readonly name: string
  open(options?: ResumableOptions, agent?: ExpectAgentOptions): Promise<Resumed>
}

async function http1(
  options: ResumableOptions,
  agent: ExpectAgentOptions,
  secure: boolean,
): Promise<Resumed> {
  const tls = secure ? { tls: await identity() } : {}
  const origin = await startOrigin({ mode: 'resumable', resumable: options, ...tls })
  closeLater(() => origin.close())
  const trust = secure ? { connect: { ca: (await identity()).cert } } : {}
  return {
    url: `${origin.url}/videos/1`,
    agent: agentFor({ ...trust, ...agent }),
    requests: origin.requests,
    get uploads() {
      return origin.uploads
    },
  }
}

async function http2(options: ResumableOptions, agent: ExpectAgentOptions): Promise<Resumed> {
  const resumable = new ResumableUploads(options)
  const requests: Seen[] = []
  const front = await tlsFront(['h2'], (message, response, asked) => {
    const { method, url: path, headers } = message
    requests.push({ method, path, headers })
    resumable.serve(message, response, asked)
  })
  return {
    url: `${front.url}/videos/1`,
    agent: agentFor({ allowH2: true, connect: { ca: front.ca }, ...agent }),
    requests,
    get uploads() {
      return resumable.uploads
    },
  }
}

async function through(): Promise<ExpectAgentOptions> {
  return { proxy: `http://${(await httpProxy()).host}` }
}

/** Plain HTTP/1.1; most specs use it. */
export const plainHttp: Way = {
  name: 'HTTP/1.1',
  open: (options = {}, agent = {}) => http1(options, agent, false),
}

export const ways: readonly Way[] = [
  plainHttp,
  { name: 'TLS', open: (options = {}, agent = {}) => http1(options, agent, true) },
  { name: 'HTTP/2', open: (options = {}, agent = {}) => http2(options, agent) },
  {
    name: 'a proxy',
    open: async (options = {}, agent = {}) =>
      http1(options, { ...(await through()), ...agent }, false),
  },
  {
    name: 'a tunnel',
    open: async (options = {}, agent = {}) =>
      http1(options, { ...(await through()), ...agent }, true),
  },
]

/** Retries at once. */
export const withoutDelay = { minDelay: 0 }

/** Uploads to such an origin. A wait may only run out where the origin is silent, however slow the machine is. */
export async function sent(
  { url, agent }: Pick<Resumed, 'url' | 'agent'>,
  options: UploadOptions = {},
  input: ContentInput = content,
): Promise<UploadResult> {
  return upload(url, input, {
    dispatcher: agent,
    continueTimeout: 60_000,
    resume: withoutDelay,
    ...options,
  })
}

/** The error of such an upload. */
export async function failed(
  to: Pick<Resumed, 'url' | 'agent'>,
  options: UploadOptions = {},
  input: ContentInput = content,
): Promise<Error & { code?: string }> {
  const outcome = await sent(to, options, input).catch((error: Error) => error)
  if (outcome instanceof Error) return outcome
  throw new Error(`It was answered with ${outcome.response.status}`)
}

/** Each attempt as a short text. */
export function attemptTexts({ attempts }: UploadReport): string[] {
  return attempts.map(({ reason, method, status, offset }) =>
    [reason, method, status ?? 'broke', ...(offset === undefined ? [] : [`from ${offset}`])].join(
      ' ',
    ),
  )
}

/** Faults for the first requests, in order. */
export function faults(
  ...all: readonly (ResumableFault | null)[]
): NonNullable<ResumableOptions['fault']> {
  return ({ number }) => all[number - 1] ?? null
}
