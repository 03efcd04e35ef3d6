import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { createFetch, type ExpectAgentOptions, upload } from '../../lib/index.ts'
import { closeLater } from './closing.ts'
import { agentFor } from './faces.ts'
import { listening } from './listening.ts'
import { Wire } from './wire.ts'

/** A server that forwards uploads to another origin. */
interface Gateway {
  readonly url: string
  /** What happened to the client's request, in order. */
  readonly events: readonly string[]
  readonly requests: readonly IncomingMessage[]
}

/** Forwards the content of a request and reports the 100. */
export type Forwards = (
  url: string,
  request: IncomingMessage,
  onContinue: () => void,
) => Promise<Response>

/** The faces through which a gateway can forward. */
export const forwards: Readonly<Record<string, (options: ExpectAgentOptions) => Forwards>> = {
  upload: (options) => {
    const dispatcher = agentFor(options)
    return async (url, request, onContinue) => {
      const { method, headers } = request
      const init = { method, headers, dispatcher, redirect: 'manual', onContinue } as object
      return (await upload(url, request, init)).response
    }
  },
  createFetch: (options) => {
    const bound = createFetch({ dispatcher: agentFor(options) })
    return (url, request, onContinue) => {
      const { method, headers } = request
      const init = { method, headers, body: request, redirect: 'manual', onContinue } as object
      return bound(url, init)
    }
  },
}

export async function gateway(to: string, forward: Forwards): Promise<Gateway> {
  const events: string[] = []
  const requests: IncomingMessage[] = []
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push(request)
    const go = (): void => {
      events.push(request.readableDidRead ? 'go-ahead after reading' : 'go-ahead')
      if (request.headers.expect !== undefined) response.writeContinue()
    }
    const answer = await forward(to, request, go)
    events.push(`${answer.status}${request.readableDidRead ? ' after reading' : ''}`)
    response.statusCode = answer.status
    response.end(await answer.text())
  }
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    pass(request, response).catch((error) => {
      events.push(`failed: ${error}`)
      response.destroy()
    })
  }
  const server = createServer().on('request', take).on('checkContinue', take)
  const port = await listening(server)
  return { url: `http://127.0.0.1:${port}/upload`, events, requests }
}

/** Connects to a server; the spec scripts the client's side. */
export async function client(url: string): Promise<Wire> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  closeLater(() => socket.destroy())
  await new Promise((connected) => socket.once('connect', connected))
  return new Wire(socket, 0)
}
