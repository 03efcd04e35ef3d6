import { createServer } from 'node:net'
import { expect } from 'chai'
import { upload } from '../../lib/index.ts'
import { noise } from '../support/contents.ts'
import { agentFor, ownFaces } from '../support/faces.ts'
import { guarded, stream } from '../support/guarded.ts'
import { listening } from '../support/listening.ts'
import { origin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'

/** A server that accepts connections and sends nothing. */
async function mute(): Promise<{ port: number; reached: Promise<void>; left: Promise<void> }> {
  const [reached, left] = [signal(), signal()]
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('close', () => left.raise())
    // The first bytes of a client: a handshake, or a CONNECT.
    socket.on('data', () => reached.raise())
  })
  const port = await listening(server)
  return { port, reached: reached.raised, left: left.raised }
}

// undici's own `request` handles an abort only when its connection is made.
for (const face of ownFaces.filter(({ name }) => !name.startsWith('request'))) {
  describe(`an abort before the connection is made, through ${face.name}`, function () {
    this.timeout(2000)

    const wheres = {
      'a handshake of TLS': (port: number) => ({
        'a tunnel through a proxy': (port: number) => ({
          url: 'https://origin.example/upload',
          own: { proxy: `http://127.0.0.1:${port}` },
        }),
        url: `https://127.0.0.1:${port}/upload`,
        own: {},
      }),
    }
    for (const [where, at] of Object.entries(wheres)) {
      it(`ends ${where}`, async () => {
        const { port, reached, left } = await mute()
        const { url, own } = at(port)
        const controller = new AbortController()
        const sent = face
          .open(own)(url, noise(100), { signal: controller.signal })
          .catch((error) => error)
        await reached
        controller.abort()
        expect(await sent).to.have.property('name', 'AbortError')
        await left
      })
    }
  })
}

describe('destroy() of an agent', function () {
  this.timeout(2000)

  for (const reason of [null, new Error('shutting down')]) {
    const how = reason === null ? '' : ', with the reason'
    it(`ends an upload that waits for its next attempt at once${how}`, async () => {
      const asked = signal()
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 503 Service Unavailable', 'Content-Length: 0')
        await wire.closed()
        asked.raise()
      })
      const agent = agentFor({ expect: 'always', retry: { count: 3, minDelay: 30_000 } })
      const sent = upload(peer.url, noise(100), { dispatcher: agent }).catch((error) => error)
      await asked.raised
      await (reason === null ? agent.destroy() : agent.destroy(reason))
      const error = await sent
      expect(error).to.be.instanceOf(Error)
      if (reason !== null) expect(error).to.equal(reason)
    })
  }

  for (const expects of ['always', 'never'] as const) {
    it(`ends a pending upload, ${expects}`, async () => {
      const begun = signal()
      const peer = await origin(async (wire) => {
        await wire.head()
        begun.raise()
        await wire.closed()
      })
      const agent = agentFor({ expect: expects, continueTimeout: 60_000 })
      const sent = upload(peer.url, stream(), { dispatcher: agent }).catch((error) => error)
      await begun.raised
      await agent.destroy()
      expect(await sent).to.be.instanceOf(Error)
      await peer.done
    })
  }
})

describe('credentials that throw when they are read', function () {
  this.timeout(2000)

  const challenge = {
    'www-authenticate': 'Basic realm="r", Digest realm="r", nonce="n", qop="auth"',
  }
  /** Fields or credentials whose getter throws from this read on. */
  const throwing = (from: number, name: string, value: string): object => {
    let reads = 0
    return Object.defineProperty({}, name, {
      enumerable: true,
      get: () => {
        reads += 1
        if (reads >= from) throw new Error('The vault is closed')
        return value
      },
    })
  }
  for (const from of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const kinds = {
      'Basic credentials': () => ({
        basic: Object.defineProperty(throwing(from, 'password', 'p'), 'username', { value: 'u' }),
      }),
      'Digest credentials': () => ({
        digest: Object.defineProperty(throwing(from, 'password', 'p'), 'username', { value: 'u' }),
      }),
      'a function’s fields': () => () => throwing(from, 'authorization', 'Bearer t'),
    }
    for (const [kind, make] of Object.entries(kinds)) {
      it(`fail every upload, and close() resolves: ${kind}, from read ${from} on`, async () => {
        const server = await guarded({ status: 401, headers: challenge })
        const agent = agentFor({ expect: 'always', continueTimeout: 60_000 })
        const authenticate = make() as unknown as null
        for (let count = 0; count < 3; count++) {
          const sent = upload(server.url, stream(), { dispatcher: agent, authenticate })
          const outcome = await sent.then(
            ({ response }) => response.status,
            (error: Error) => error.message,
          )
          expect(outcome).to.satisfy(
            (what: unknown) => what === 401 || /vault|'authenticate'/.test(String(what)),
          )
        }
        await agent.close()
      })
    }
  }
})
