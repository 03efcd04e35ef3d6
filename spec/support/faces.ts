import { getGlobalDispatcher, request } from 'undici'
import { ExpectAgent, type ExpectAgentOptions } from '../../lib/client/agent.ts'
import { install } from '../../lib/client/bound.ts'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import type { UploadReport } from '../../lib/report/report.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { closeLater } from './closing.ts'
import { throughOptions } from './through.ts'

/** The result of an upload, through any face. */
export interface Outcome {
  readonly status: number
  readonly text: string
  /** `undefined` for a plain dispatch, which has no report. */
  readonly report: UploadReport | undefined
}

/** The options of an upload. */
export interface Sending extends ExpectAgentOptions {
  method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** One public API that uploads. */
export interface Face {
  readonly name: string
  /** Whether it rejects with a TypeError that has the error as its cause, as fetch does. */
  readonly wraps: boolean
  /** Whether replayable content is still replayable when the package gets it. */
  readonly replays: boolean
  /** Each caller gets an agent and a memory of its own, so that specs do not affect each other. */
  open(options?: ExpectAgentOptions): Sender
}

/** Sends with one agent, so that connections are reused by later uploads. */
export type Sender = (
  url: string,
  content: ContentInput | null,
  sending?: Sending,
) => Promise<Outcome>

/** An agent that is closed after the spec. It uses the proxy of the test run, if there is one. */
export function agentFor(options: ExpectAgentOptions = {}): ExpectAgent {
  const agent = new ExpectAgent({ memory: new RouteMemory(), ...throughOptions(), ...options })
  closeLater(() => agent.destroy())
  return agent
}

/** Calls install(), and undoes it after the spec. */
export function installFor(options: ExpectAgentOptions = {}): void {
  const uninstall = install({ memory: new RouteMemory(), ...throughOptions(), ...options })
  const agent = getGlobalDispatcher()
  closeLater(() => {
    uninstall()
    return agent.destroy()
  })
}

const throughUpload: Face = {
  name: 'upload',
  wraps: false,
  replays: true,
  open: (options) => {
    const dispatcher = agentFor(options)
    return async (url, content, sending) => {
      const init = { ...sending, dispatcher } as object
      const { response, report } = await upload(url, content as ContentInput, init)
      return { status: response.status, text: await response.text(), report }
    }
  },
}

const throughFetch: Face = {
  name: 'fetch',
  wraps: true,
  replays: true,
  open: (options) => {
    const dispatcher = agentFor(options)
    return async (url, body, sending) => {
      const init = { method: 'PUT', ...sending, body, dispatcher }
      const response = await fetch(url, init)
      return { status: response.status, text: await response.text(), report: reportOf(response) }
    }
  },
}

const throughInstalled: Face = {
  name: 'the process’s fetch after install()',
  wraps: true,
  replays: true,
  open: (options) => {
    installFor(options)
    return async (url, body, sending) => {
      const response = await globalThis.fetch(url, asInit({ ...sending, body }))
      return { status: response.status, text: await response.text(), report: reportOf(response) }
    }
  },
}

const throughRequest: Face = {
  name: 'request with a dispatcher',
  wraps: false,
  replays: true,
  open: (options) => {
    const dispatcher = agentFor(options)
    return async (url, body, sending) => {
      const init = { method: 'PUT' as const, ...sending, body: body as Buffer, dispatcher }
      const { statusCode, body: content } = await request(url, init)
      return { status: statusCode, text: await content.text(), report: undefined }
    }
  },
}

/** The types of the platform's fetch have neither this undici's dispatchers nor this package's options. */
export function asInit(init: object): RequestInit {
  return { method: 'PUT', ...init } as unknown as RequestInit
}

/** The faces that are or use fetch, and can send the same content several times. */
export const fetches: readonly Face[] = [throughUpload, throughFetch, throughInstalled]

/** The faces where the caller passes the content to this package. */
export const ownFaces: readonly Face[] = [...fetches, throughRequest]
