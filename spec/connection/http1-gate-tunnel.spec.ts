import { once } from 'node:events'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { expect } from 'chai'
import { Agent, connect, type Dispatcher, request, upgrade } from 'undici'
import { gatedPool } from '../../lib/connection/pool.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'
import { origin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'
import { turns } from '../support/turns.ts'

const looksLikeGoAhead = 'HTTP/1.1 100 Continue\r\n\r\n'

function gatedAgent(options: Agent.Options = {}): Agent {
  const agent = new Agent({ factory: gatedPool, ...options })
  closeLater(() => agent.destroy())
  return agent
}

async function read(socket: Duplex, length: number): Promise<string> {
  let text = ''
  while (text.length < length) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    text += chunk.toString('latin1')
  }
  return text
}

const tunnels = [
  {
    name: 'CONNECT',
    switched: 'HTTP/1.1 200 Connection Established',
    open: async (dispatcher: Dispatcher, url: string) => connect(url, { dispatcher }),
  },
  {
    name: 'an upgrade',
    switched: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo',
    open: async (dispatcher: Dispatcher, url: string) =>
      upgrade(url, { dispatcher, protocol: 'echo' }),
  },
]

describe('Http1Gate on a tunnel', () => {
  for (const { name, switched, open } of tunnels) {
    it(`restores the socket's methods after ${name}`, async () => {
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.send(switched)
        await wire.closed()
      })
      const { socket } = await open(gatedAgent(), peer.url)
      const { _write, _writev, push } = Socket.prototype
      expect(socket._write === _write, '_write').to.equal(true)
      expect(socket._writev === _writev, '_writev').to.equal(true)
      expect(socket.push === push, 'push').to.equal(true)
      socket.destroy()
      await peer.done
    })

    it(`passes bytes that look like HTTP in both directions after ${name}`, async () => {
      const tunnelled = 'PUT / HTTP/1.1\r\ncontent-length: 1\r\n\r\na'
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.raw(`${switched}\r\n\r\n${looksLikeGoAhead}`)
        expect((await wire.bytes(tunnelled.length)).toString()).to.equal(tunnelled)
        wire.raw(looksLikeGoAhead)
        await wire.closed()
      })
      const { socket } = await open(gatedAgent(), peer.url)
      expect(await read(socket, looksLikeGoAhead.length)).to.equal(looksLikeGoAhead)
      socket.write(tunnelled)
      expect(await read(socket, looksLikeGoAhead.length)).to.equal(looksLikeGoAhead)
      socket.destroy()
      await peer.done
    })
  }

  it('uses a connection with a gate for an upload after a refused upgrade', async () => {
    const peer = await origin(
      async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 426 Upgrade Required', 'content-length: 0')
        expect((await wire.closed()).toString('latin1')).to.equal('')
      },
      async (wire) => {
        expect(await wire.head()).to.match(/^expect: 100-continue\r$/im)
        wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      },
    )
    const dispatcher = agentFor({ connections: 1 })
    const refusal = await upgrade(peer.url, { dispatcher, protocol: 'echo' }).then(
      () => null,
      (error: Error) => error,
    )
    expect(refusal).to.be.an('error')
    const body = Buffer.from('abc')
    const init = { method: 'PUT' as const, headers: { expect: '100-continue' }, body, dispatcher }
    const { statusCode } = await request(peer.url, init)
    expect(statusCode).to.equal(201)
    await peer.done
  })
})

describe('Http1Gate on a pipelined connection', () => {
  const pipelined = { pipelining: 10, connections: 1 }

  it('does not change content that looks like a 100', async () => {
    const peer = await origin(async (wire) => {
      for (let requests = 0; requests < 3; requests++) await wire.head()
      for (let requests = 0; requests < 3; requests++) {
        await wire.pieces(
          `HTTP/1.1 200 OK\r\ncontent-length: ${looksLikeGoAhead.length}\r\n\r\n`,
          looksLikeGoAhead,
        )
      }
    })
    const dispatcher = gatedAgent(pipelined)
    const texts = await Promise.all(
      [1, 2, 3].map(async () => {
        const { body } = await request(peer.url, { dispatcher, blocking: false })
        return body.text()
      }),
    )
    expect(texts).to.eql([looksLikeGoAhead, looksLikeGoAhead, looksLikeGoAhead])
    await peer.done
  })

  it('removes a late 100 when another request waits after the upload', async () => {
    const sent = signal()
    const queued = signal()
    const peer = await origin(async (wire) => {
      const head = await wire.head()
      expect(head).to.match(/^expect: 100-continue\r$/im)
      expect((await wire.content(head)).toString()).to.equal('abc')
      sent.raise()
      await queued.raised
      // Waits long enough for the other request to arrive, if it is not delayed.
      await turns(10)
      wire.send('HTTP/1.1 100 Continue')
      wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      expect(await wire.head()).to.match(/^GET /)
      wire.send('HTTP/1.1 200 OK', 'content-length: 2')
      wire.raw('ok')
    })
    const dispatcher = agentFor({ ...pipelined, continueTimeout: 20 })
    const asked = request(peer.url, {
      method: 'PUT',
      headers: { expect: '100-continue' },
      body: Buffer.from('abc'),
      blocking: false,
      dispatcher,
    })
    await sent.raised
    const behind = request(peer.url, { blocking: false, dispatcher })
    queued.raise()
    const [first, second] = await Promise.all([asked, behind])
    expect([first.statusCode, second.statusCode]).to.eql([201, 200])
    expect(await second.body.text()).to.equal('ok')
    await peer.done
  })
})
