import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { expect } from 'chai'
import { fetch } from '../lib/client/fetch.ts'
import { noise } from './support/contents.ts'
import { agentFor } from './support/faces.ts'
import { signal } from './support/signal.ts'
import { type Play, tlsFront } from './support/tls-front.ts'

/** Calls back when something is published on a diagnostics channel. */
function once(channel: string, back: () => void): void {
  const onMessage = (): void => {
    unsubscribe(channel, onMessage)
    back()
  }
  subscribe(channel, onMessage)
}

function redirect(response: ServerResponse, fields: Record<string, string> = {}): void {
  response.writeHead(307, { location: '/second', ...fields })
}

/** Redirects with this much content once the upload came, and takes the upload that follows. */
function redirecting(bytes: number): Play {
  return (request, response, asked) => {
    if (asked) response.writeContinue()
    request.resume().on('end', () => {
      if (request.url === '/first') redirect(response)
      response.end(request.url === '/first' ? noise(bytes) : 'arrived')
    })
  }
}

describe('the content of a redirect that fetch follows', () => {
  const kept = 100_000
  const cases: readonly (readonly [string, number, number])[] = [
    ['http/1.1', kept, 1],
    ['http/1.1', 1_000_000, 2],
    ['h2', kept, 1],
    ['h2', 1_000_000, 1],
  ]
  for (const [protocol, bytes, connections] of cases) {
    for (const method of ['PUT', 'GET']) {
      it(`holds nothing up, ${bytes} bytes of it over ${protocol} after a ${method}`, async () => {
        const front = await tlsFront([protocol], redirecting(bytes))
        const dispatcher = agentFor({ connections: 1, connect: { ca: front.ca } })
        const body = method === 'PUT' ? { body: 'hello' } : {}
        const options = { method, ...body, dispatcher, expect: 'always' } as const
        const response = await fetch(`${front.url}/first`, options)
        expect(await response.text()).to.equal('arrived')
        await dispatcher.close()
        expect(front.connections).to.equal(connections)
      })
    }
  }

  it('may break off, once the next request is under way', async () => {
    const responses: ServerResponse[] = []
    const front = await tlsFront(['h2'], (request, response) => {
      responses.push(response)
      request.resume()
      if (request.url === '/first') {
        redirect(response, { 'content-length': '100' })
        response.write('part')
        return
      }
      once('undici:request:error', () => response.end('arrived'))
      responses[0]?.end()
    })
    const dispatcher = agentFor({ connect: { ca: front.ca } })
    const options = { method: 'PUT', body: 'hello', dispatcher } as const
    const response = await fetch(`${front.url}/first`, options)
    expect(await response.text()).to.equal('arrived')
  })

  it('may end while the upload goes on elsewhere, which keeps its content', async () => {
    const responses: ServerResponse[] = []
    const front = await tlsFront(['h2'], (request, response, asked) => {
      responses.push(response)
      if (request.url === '/first') {
        redirect(response)
        response.write('part')
        return
      }
      if (asked) response.writeContinue()
      request.once('data', () => response.writeHead(200).write('begun'))
      request.on('data', (chunk: Buffer) => response.write(chunk))
      request.on('end', () => response.end())
    })
    const dispatcher = agentFor({ expect: 'always', connect: { ca: front.ca } })
    const ended = signal()
    once('undici:request:trailers', ended.raise)
    async function* content(): AsyncGenerator<string> {
      yield 'one'
      await ended.raised
      yield 'two'
    }
    const options = { method: 'PUT', body: content(), dispatcher } as const
    const response = await fetch(`${front.url}/first`, options)
    responses[0]?.end('rest')
    expect(await response.text()).to.equal('begunonetwo')
  })
})
