import { expect } from 'chai'
import { type Dispatcher, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { fetch } from '../../lib/client/fetch.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor, asInit } from '../support/faces.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

const platform = globalThis.fetch

/** Makes a request and does not read its response. */
type Call = (url: string, method: string, dispatcher: Dispatcher) => Promise<Response>

function initOf(method: string): object {
  return method === 'PUT' ? { method, body: 'hello', expect: 'always' } : { method }
}

const calls: Record<string, Call> = {
  fetch: (url, method, dispatcher) => fetch(url, { ...initOf(method), dispatcher }),
  "the platform's fetch, given a dispatcher,": (url, method, dispatcher) =>
    platform(url, asInit({ ...initOf(method), dispatcher })),
}

function throughGlobal(url: string, method: string, dispatcher: Dispatcher): Promise<Response> {
  const before = getGlobalDispatcher()
  closeLater(() => setGlobalDispatcher(before))
  setGlobalDispatcher(dispatcher)
  return platform(url, asInit(initOf(method)))
}

const hint: Play = (request, response, asked) => {
  response.writeEarlyHints({ link: '</style.css>; rel=preload' })
  if (asked) response.writeContinue()
  request.resume().on('end', () => response.writeHead(201).end('stored'))
}

const cases = ['http/1.1', 'h2'].flatMap((protocol) =>
  ['PUT', 'GET'].flatMap((method) =>
    Object.entries(calls).map(([name, call]) => [name, method, protocol, call] as const),
  ),
)

describe('an interim response', () => {
  for (const [name, method, protocol, call] of [
    ...cases,
    // undici never uses HTTP/2 for requests through the global dispatcher.
    ["the platform's fetch, installed,", 'PUT', 'http/1.1', throughGlobal] as const,
  ]) {
    it(`does not block a connection of ${protocol} when ${name} does not read the final response to a ${method}`, async () => {
      const front = await tlsFront([protocol], hint)
      const agent = agentFor({ connect: { ca: front.ca } })
      const { status } = await call(front.url, method, agent)
      expect(status).to.equal(201)
      await agent.close()
    })
  }
})
