import { request } from 'undici'
import { ExpectAgent, type ExpectAgentOptions } from '../../lib/agent.ts'
import type { ContentInput } from '../../lib/content.ts'
import { fetch } from '../../lib/fetch.ts'
import { RouteMemory } from '../../lib/memory.ts'
import { reportOf } from '../../lib/platform-fetch.ts'
import type { UploadReport } from '../../lib/report.ts'
import { upload } from '../../lib/upload.ts'
import { closeLater } from './closing.ts'

/** What came of an upload, through whichever face. */
export interface Outcome {
  readonly status: number
  readonly text: string
  /** A plain undici request has none. */
  readonly report: UploadReport | undefined
}

/** How an upload is made. */
export interface Sending extends ExpectAgentOptions {
  method?: 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** One way into the package. */
export interface Face {
  readonly name: string
  /** An agent and memory of its own for each user, so that specs do not meet. */
  open(options?: ExpectAgentOptions): Sender
}

/** Sends with one agent, so that connections are kept from one upload to the next. */
export type Sender = (url: string, content: ContentInput, sending?: Sending) => Promise<Outcome>

/** An agent that is closed after the spec. */
export function agentFor(options: ExpectAgentOptions = {}): ExpectAgent {
  const agent = new ExpectAgent({ memory: new RouteMemory(), ...options })
  closeLater(() => agent.destroy())
  return agent
}

const throughUpload: Face = {
  name: 'upload',
  open: (options) => {
    const dispatcher = agentFor(options)
    return async (url, content, sending) => {
      const { response, report } = await upload(url, content, { ...sending, dispatcher } as object)
      return { status: response.status, text: await response.text(), report }
    }
  },
}

const throughFetch: Face = {
  name: 'fetch',
  open: (options) => {
    const dispatcher = agentFor(options)
    return async (url, body, sending) => {
      const init = { method: 'PUT', ...sending, body, dispatcher }
      const response = await fetch(url, init)
      return { status: response.status, text: await response.text(), report: reportOf(response) }
    }
  },
}

const throughRequest: Face = {
  name: 'request with a dispatcher',
  open: (options) => {
    const dispatcher = agentFor(options)
    return async (url, body, sending) => {
      const init = { method: 'PUT' as const, ...sending, body: body as Buffer, dispatcher }
      const { statusCode, body: content } = await request(url, init)
      return { status: statusCode, text: await content.text(), report: undefined }
    }
  },
}

/** Every way into the package. */
export const faces: readonly Face[] = [throughUpload, throughFetch, throughRequest]
