import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { expect } from 'chai'
import { request } from 'undici'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { listening } from '../support/listening.ts'

const bytes = noise(200_000)

const answers: readonly (readonly [string, RequestListener])[] = [
  ['content', (incoming, response) => incoming.resume().on('end', () => response.end('stored'))],
  [
    'no content',
    (incoming, response) => incoming.resume().on('end', () => response.writeHead(204).end()),
  ],
]

const faces: Record<
  string,
  (url: string, dispatcher: ReturnType<typeof agentFor>) => Promise<unknown>
> = {
  upload: async (url, dispatcher) => {
    const { response } = await upload(url, bytes, { dispatcher })
    return response.text()
  },
  fetch: async (url, dispatcher) => {
    const response = await fetch(url, { method: 'PUT', body: bytes, dispatcher })
    return response.text()
  },
  request: async (url, dispatcher) => {
    const { body } = await request(url, { method: 'PUT', body: bytes, dispatcher })
    return body.text()
  },
}

describe('sequential uploads', () => {
  for (const [what, answer] of answers) {
    for (const [face, send] of Object.entries(faces)) {
      for (const expects of ['always', 'never'] as const) {
        it(`use one connection: ${face}, ${expects}, answered with ${what}`, async () => {
          let connections = 0
          const server = createServer(answer).on('connection', () => {
            connections += 1
          })
          const url = `http://127.0.0.1:${await listening(server)}`
          const dispatcher = agentFor({ expect: expects })
          for (let count = 0; count < 20; count++) await send(url, dispatcher)
          expect(connections).to.equal(1)
        })
      }
    }
  }

  for (const method of ['PUT', 'GET'] as const) {
    it(`are not sent on connections that the origin closes without announcing it: ${method}`, async () => {
      const server = createServer((incoming, response) => {
        incoming.resume().on('end', () => {
          response.end('stored')
          incoming.socket.end()
        })
      })
      const url = `http://127.0.0.1:${await listening(server)}`
      const dispatcher = agentFor()
      const body = method === 'PUT' ? 'small' : null
      for (let count = 0; count < 10; count++) {
        const response = await request(url, { method, body, dispatcher })
        expect(await response.body.text()).to.equal('stored')
      }
    })
  }

  it('use no more connections than concurrent uploads', async () => {
    let connections = 0
    const [, [, answer]] = answers as [unknown, (typeof answers)[number]]
    const server = createServer(answer).on('connection', () => {
      connections += 1
    })
    const url = `http://127.0.0.1:${await listening(server)}`
    const dispatcher = agentFor({ expect: 'always' })
    const line = async (): Promise<void> => {
      for (let count = 0; count < 20; count++) await faces.upload?.(url, dispatcher)
    }
    await Promise.all(Array.from({ length: 8 }, line))
    expect(connections).to.equal(8)
  })

  it('are sent when the agent is closed right after the previous response', async () => {
    const server = createServer((incoming, response) => {
      incoming.resume().on('end', () => response.end('stored'))
    })
    const url = `http://127.0.0.1:${await listening(server)}`
    const dispatcher = agentFor()
    await faces.upload?.(url, dispatcher)
    const last = faces.upload?.(url, dispatcher)
    await dispatcher.close()
    expect(await last).to.equal('stored')
  })
})

describe('TLS sessions', () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`are resumed after refusals, which close connections: ${maxVersion}`, async () => {
      const secret = await identity()
      const resumed: boolean[] = []
      const server = createTlsServer({ ...secret, maxVersion }, (_incoming, response) => {
        response.writeHead(413).end()
      })
      server.on('secureConnection', (socket: TLSSocket) => resumed.push(socket.isSessionReused()))
      server.on('checkContinue', (_incoming, response) => response.writeHead(413).end('no'))
      const url = `https://127.0.0.1:${await listening(server)}`
      const dispatcher = agentFor({ expect: 'always', connect: { ca: secret.cert } })
      for (let count = 0; count < 3; count++) await faces.upload?.(url, dispatcher)
      expect(resumed).to.eql([false, true, true])
    })
  }

  it('are not kept if maxCachedSessions is 0', async () => {
    const secret = await identity()
    const resumed: boolean[] = []
    const server = createTlsServer(secret)
    server.on('secureConnection', (socket: TLSSocket) => resumed.push(socket.isSessionReused()))
    server.on('checkContinue', (_incoming, response) => response.writeHead(413).end('no'))
    const url = `https://127.0.0.1:${await listening(server)}`
    const options = { maxCachedSessions: 0, connect: { ca: secret.cert } }
    const dispatcher = agentFor({ expect: 'always', ...options })
    for (let count = 0; count < 2; count++) await faces.upload?.(url, dispatcher)
    expect(resumed).to.eql([false, false])
  })
})
