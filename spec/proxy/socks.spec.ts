import { createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { upload } from '../../lib/client/upload.ts'
import type { UploadError } from '../../lib/errors.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { listening } from '../support/listening.ts'
import { socksProxy } from '../support/proxies.ts'

const bytes = noise(200_000)

async function start(tls: boolean): Promise<TestOrigin> {
  const origin = await startOrigin(tls ? { tls: await identity() } : {})
  closeLater(() => origin.close())
  return origin
}

async function optionsFor(proxy: string): Promise<ExpectAgentOptions> {
  const { cert: ca } = await identity()
  return { proxy, connect: { ca }, threshold: 1, continueTimeout: 60_000 }
}

async function failure(url: string, options: ExpectAgentOptions): Promise<UploadError> {
  const dispatcher = agentFor(options)
  return upload(url, bytes, { dispatcher }).then(
    ({ response }) => expect.fail(`There was an answer, ${response.status}`),
    (error) => error,
  )
}

describe('an ExpectAgent with a SOCKS5 proxy', () => {
  for (const tls of [false, true]) {
    const scheme = tls ? 'https' : 'http'

    it(`sends an expectation and the content, and remembers the route: ${scheme}`, async () => {
      const origin = await start(tls)
      const { host, notes } = await socksProxy()
      const memory = new RouteMemory()
      origin.mode = 417
      const dispatcher = agentFor({ ...(await optionsFor(`socks5://${host}`)), memory })
      const { response, report } = await upload(`${origin.url}/file`, bytes, { dispatcher })
      expect([response.status, report.outcome]).to.eql([201, 'replayed'])
      const seen = origin.requests.map(({ asked, path, sha256: sum }) => [asked, path, sum])
      expect(seen).to.eql([
        [true, '/file', ''],
        [false, '/file', sha256(bytes)],
      ])
      expect(notes).to.eql(Array(2).fill(new URL(origin.url).host))
      expect(memory.recall(`socks5://${host} ${origin.url}`)).to.eql(['417'])
    })

    it(`lets the proxy resolve the name of the origin: ${scheme}`, async () => {
      const origin = await start(tls)
      const { host, notes } = await socksProxy()
      const dispatcher = agentFor(await optionsFor(`socks5h://${host}`))
      const url = new URL(origin.url)
      url.hostname = 'localhost'
      const { response } = await upload(url, bytes, { dispatcher })
      expect(response.status).to.equal(201)
      expect(notes).to.eql([`localhost:${url.port}`])
    })
  }

  it('sends the credentials in the proxy URL', async () => {
    const origin = await start(false)
    const { host, notes } = await socksProxy({ user: 'us%er', password: 'pa ss' })
    const dispatcher = agentFor(await optionsFor(`socks5://us%25er:pa%20ss@${host}`))
    const { response } = await upload(origin.url, bytes, { dispatcher })
    expect(response.status).to.equal(201)
    expect(notes).to.eql(['us%er:pa ss', new URL(origin.url).host])
  })

  for (const [what, userinfo] of [
    ['wrong', 'user:secret@'],
    ['no', ''],
  ]) {
    it(`fails with ${what} credentials`, async () => {
      const origin = await start(false)
      const { host } = await socksProxy({ user: 'user', password: 'right' })
      const error = await failure(origin.url, await optionsFor(`socks5://${userinfo}${host}`))
      expect(error).to.include({ code: 'ERR_EXPECT_PROXY', phase: 'connecting', sentBytes: 0 })
      expect(error.message).to.contain(`The proxy socks5://${host} could not be used`)
      expect(error.message).not.to.contain('secret')
      expect(origin.requests).to.eql([])
    })
  }

  it('fails when the proxy cannot connect to the origin', async () => {
    const { host } = await socksProxy(null, 5)
    const error = await failure('http://origin.test', await optionsFor(`socks5://${host}`))
    expect(error).to.have.property('code', 'ERR_EXPECT_PROXY')
    expect(error.cause).to.have.property('code', 'UND_ERR_SOCKS5_REPLY_5')
  })

  const stages: readonly [stage: string, serve: (client: Socket) => void][] = [
    ['accepting it', (client) => client.destroy()],
    ['its first message', (client) => client.once('data', () => client.destroy())],
    [
      'the target',
      (client) =>
        client.once('data', () => {
          client.write(Buffer.from([5, 0]))
          client.once('data', () => client.destroy())
        }),
    ],
  ]
  for (const [stage, serve] of stages) {
    it(`fails when the proxy closes after ${stage}`, async () => {
      const server = createServer((client) => {
        client.on('error', () => {})
        serve(client)
      })
      const port = await listening(server)
      const options = await optionsFor(`socks5://127.0.0.1:${port}`)
      const error = await failure('http://origin.test', options)
      expect(error).to.include({ code: 'ERR_EXPECT_PROXY', phase: 'connecting' })
    })
  }
})
