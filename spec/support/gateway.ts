import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { createFetch, type ExpectAgentOptions, upload } from '../../lib/index.ts'
import { closeLater } from './closing.ts'
import { agentFor } from './faces.ts'
import { listening } from './listening.ts'
import { Wire } from './wire.ts'

/** A server that passes uploads on to another origin. */
interface Gateway {
  readonly url: string
  /** What happened to the request of its client, in order. */
  readonly events: readonly string[]
  /** Its client's requests. */
  readonly requests: readonly IncomingMessage[]
}

/** Sends the content of a request on, and tells of the go-ahead. */
export type Forwards = (
  url: string,
  request: IncomingMessage,
  onContinue: () => void,
) => Promise<Response>

/** The faces through which a gateway can send on. */
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

/** Starts a gateway to this origin. */
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

/** A client's end of a connection, which the spec scripts. */
export async function client(url: string): Promise<Wire> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  closeLater(() => socket.destroy())
  await new Promise((connected) => socket.once('connect', connected))
  return new Wire(socket, 0)
}
