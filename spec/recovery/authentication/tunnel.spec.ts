import { expect } from 'chai'
import { upgrade } from 'undici'
import { agentFor } from '../../support/faces.ts'
import { user } from '../../support/guarded.ts'
import { origin } from '../../support/origin.ts'

const challenge = ['WWW-Authenticate: Basic realm="r"', 'Content-Length: 0']

describe('authenticate, for upgrade and connect', () => {
  it('answers a challenge to an upgrade', async () => {
    const peer = await origin(
      async (wire) => {
        expect(await wire.head()).to.match(/^upgrade: other\r$/im)
        wire.send('HTTP/1.1 401 Unauthorized', ...challenge)
      },
      async (wire) => {
        expect(await wire.head()).to.match(/^authorization: Basic dXNlcjpzZWNyZXQ=\r$/im)
        wire.send('HTTP/1.1 101 Switching Protocols', 'Connection: upgrade', 'Upgrade: other')
        await wire.until('ping')
        wire.raw('pong')
      },
    )
    const agent = agentFor({ authenticate: { basic: user, origin: peer.url } })
    const { socket } = await upgrade(peer.url, { dispatcher: agent, protocol: 'other' })
    socket.write('ping')
    const [pong] = await socket.take(1).toArray()
    expect(String(pong)).to.equal('pong')
    socket.destroy()
    await peer.done
  })

  it('makes a tunnel', async () => {
    const peer = await origin(async (wire) => {
      expect(await wire.head()).to.match(/^CONNECT uploads.example:443 HTTP/)
      wire.send('HTTP/1.1 200 Connected')
      await wire.until('ping')
      wire.raw('pong')
    })
    const agent = agentFor({ authenticate: { proxy: { basic: user } } })
    const { origin: proxy } = new URL(peer.url)
    const { socket } = await agent.connect({ origin: proxy, path: 'uploads.example:443' })
    socket.write('ping')
    const [pong] = await socket.take(1).toArray()
    expect(String(pong)).to.equal('pong')
    socket.destroy()
    await peer.done
  })
})
