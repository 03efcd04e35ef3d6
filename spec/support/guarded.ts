import { Readable } from 'node:stream'
import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { type UploadOptions, type UploadResult, upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import { type OriginOptions, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from './closing.ts'
import { noise, sha256 } from './contents.ts'
import { agentFor } from './faces.ts'

export const user = Object.freeze({ username: 'user', password: 'secret' })

/** Sent as a stream it has no known length, so it is sent with an expectation. */
export const content: Buffer = noise(200_000)

export function stream(): Readable {
  return Readable.from([content.subarray(0, 1000), content.subarray(1000)])
}

export async function guarded(
  mode: NonNullable<OriginOptions['mode']>,
  options: OriginOptions = {},
): Promise<TestOrigin> {
  const origin = await startOrigin({ mode, ...options })
  closeLater(() => origin.close())
  return origin
}

/** Uploads through one agent. The content is a one-shot stream by default. */
export function uploader(
  options: ExpectAgentOptions,
): (url: string, body?: ContentInput, own?: UploadOptions) => Promise<UploadResult> {
  const { authenticate = null, ...rest } = options
  const dispatcher = agentFor(rest)
  return (url, body = stream(), own = {}) => upload(url, body, { dispatcher, authenticate, ...own })
}

/** The statuses of the responses, in order. */
export function statuses({ requests }: TestOrigin): number[] {
  return requests.map(({ status }) => status)
}

/** The Authorization of each request, in order. */
export function authorizations({ requests }: TestOrigin): (string | undefined)[] {
  return requests.map(({ headers }) => headers.authorization)
}

/** How often the whole content arrived. Throws if a part of it arrived. */
export function completeCount({ requests }: TestOrigin): number {
  const withContent = requests.filter(({ bytes }) => bytes > 0)
  if (withContent.every((request) => request.sha256 === sha256(content))) return withContent.length
  throw new Error('A part of the content arrived')
}
