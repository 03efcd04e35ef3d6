import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { expect } from 'chai'
import { type Dispatcher, EnvHttpProxyAgent, ProxyAgent } from 'undici'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { httpProxy } from '../support/proxies.ts'
import { receiver } from '../support/receiver.ts'

const bytes = noise(200_000)

type Make = (proxy: string, ca: string) => Dispatcher

const asking = () =>
  expectContinue({ memory: new RouteMemory(), expect: 'always', continueTimeout: 60_000 })

const agents: Record<string, Make> = {
  ProxyAgent: (uri, ca) => {
    const agent = new ProxyAgent({ uri, factory: gatedPool, requestTls: { ca } })
    closeLater(() => agent.destroy())
    return agent.compose(asking())
  },
  EnvHttpProxyAgent: (proxy, ca) => {
    const own = { httpProxy: proxy, httpsProxy: proxy, noProxy: '' }
    const agent = new EnvHttpProxyAgent({ ...own, factory: gatedPool, requestTls: { ca } })
    closeLater(() => agent.destroy())
    return agent.compose(asking())
  },
  "an ExpectAgent with 'env'": (proxy, ca) => {
    setEnvironment({ all_proxy: proxy, no_proxy: 'a.test' })
    return agentFor({ proxy: 'env', connect: { ca }, threshold: 1, continueTimeout: 60_000 })
  },
}

const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'REQUEST_METHOD']

/** Other variables are unset. */
function setEnvironment(values: Record<string, string>): void {
  for (const name of names.flatMap((each) => [each, each.toUpperCase()])) {
    const before = process.env[name]
    closeLater(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
    delete process.env[name]
  }
  Object.assign(process.env, values)
}

for (const [name, make] of Object.entries(agents)) {
  describe(name, () => {
    for (const scheme of ['http', 'https'] as const) {
      it(`sends an expectation through a proxy: ${scheme}`, async () => {
        const secret = await identity()
        const server = scheme === 'http' ? createServer() : createTlsServer(secret)
        const { url, receipts } = await receiver(server, scheme)
        const proxy = await httpProxy()
        const dispatcher = make(`http://${proxy.host}`, secret.cert)
        const { response, report } = await upload(url, bytes, { dispatcher })
        expect([response.status, report.outcome]).to.eql([201, 'continued'])
        expect(receipts.map(({ asked, content }) => [asked, sha256(content)])).to.eql([
          [true, sha256(bytes)],
        ])
        expect(proxy.heads).to.have.length(1)
        const connects = proxy.heads.filter((head) => head.startsWith('CONNECT'))
        expect(connects.filter((head) => /expect/i.test(head))).to.eql([])
      })
    }
  })
}

describe("an ExpectAgent with 'env'", () => {
  it('bypasses the proxy according to NO_PROXY', async () => {
    const { url, receipts } = await receiver(createServer(), 'http')
    const proxy = await httpProxy()
    setEnvironment({ HTTP_PROXY: proxy.host, NO_PROXY: '127.0.0.0/8' })
    const { response } = await upload(url, bytes, { dispatcher: agentFor({ proxy: 'env' }) })
    expect(response.status).to.equal(201)
    expect([receipts.length, proxy.heads.length]).to.eql([1, 0])
  })
})
