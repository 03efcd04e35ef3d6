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

/** What came of an upload, through whichever face. */
export interface Outcome {
  readonly status: number
  readonly text: string
  /** What goes through a dispatcher alone has none. */
  readonly report: UploadReport | undefined
}

/** How an upload is made. */
export interface Sending extends ExpectAgentOptions {
  method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** One way into the package. */
export interface Face {
  readonly name: string
  /** Whether it wraps what went wrong in a TypeError, as fetch does. */
  readonly wraps: boolean
  /** Whether content that can be opened again is still that when the package gets it. */
  readonly replays: boolean
  /** An agent and memory of its own for each user, so that specs do not meet. */
  open(options?: ExpectAgentOptions): Sender
}

/** Sends with one agent, so that connections are kept from one upload to the next. */
export type Sender = (
  url: string,
  content: ContentInput | null,
  sending?: Sending,
) => Promise<Outcome>

/** An agent that is closed after the spec, and that goes through the proxy of the run, if any. */
export function agentFor(options: ExpectAgentOptions = {}): ExpectAgent {
  const agent = new ExpectAgent({ memory: new RouteMemory(), ...throughOptions(), ...options })
  closeLater(() => agent.destroy())
  return agent
}

/** Installs the package in this process until the spec is over. */
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

/** The platform's types know neither this undici's dispatchers nor this package's options. */
export function asInit(init: object): RequestInit {
  return { method: 'PUT', ...init } as unknown as RequestInit
}

/** The ways that call fetch, which may send the same content several times. */
export const fetches: readonly Face[] = [throughUpload, throughFetch, throughInstalled]

/** The ways in which the package is given the content by its caller. */
export const ownFaces: readonly Face[] = [...fetches, throughRequest]
