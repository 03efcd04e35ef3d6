import { once } from 'node:events'
import { expect } from 'chai'
import type { ProxyOption } from '../../lib/index.ts'
import { fetch, upload } from '../../lib/index.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { type Identity, identity } from '../support/identity.ts'
import { httpProxy, socksProxy } from '../support/proxies.ts'
import { turns } from '../support/turns.ts'

const bad = '-----BEGIN CERTIFICATE-----\nbad\n-----END CERTIFICATE-----\n'

let secret: Identity

const ways: Record<string, () => Promise<ProxyOption | undefined>> = {
  'without a proxy': async () => undefined,
  'through CONNECT': async () => `http://${(await httpProxy()).host}`,
  'through CONNECT to an https proxy': async () => {
    const { host } = await httpProxy({ identity: secret })
    return { url: `https://${host}`, tls: { ca: secret.cert } }
  },
  'through SOCKS': async () => `socks5://${(await socksProxy()).host}`,
}

const unusable: Record<string, () => object> = {
  'connect.cert': () => ({ cert: bad, key: secret.key }),
  'connect.key': () => ({ cert: secret.cert, key: bad }),
  'connect.ca': () => ({ ca: bad }),
  'connect.ciphers': () => ({ ciphers: 'none of them' }),
  'connect.minVersion': () => ({ minVersion: 'TLSv9' }),
}

function failureOf(sent: Promise<unknown>): Promise<Error> {
  return sent.then(
    () => expect.fail('It went well'),
    (error) => error,
  )
}

/** Waits until no rejection can follow. Mocha fails the run at an unhandled one. */
async function settled(): Promise<void> {
  await turns(3)
}

describe('invalid TLS options', () => {
  before(async () => {
    secret = await identity()
  })

  for (const [way, proxyFor] of Object.entries(ways)) {
    for (const [name, connectFor] of Object.entries(unusable)) {
      it(`fail uploads ${way}, without an unhandled rejection: ${name}`, async () => {
        const origin = await startOrigin({ tls: secret })
        closeLater(() => origin.close())
        const proxy = await proxyFor()
        const dispatcher = agentFor({
          connect: connectFor(),
          ...(proxy !== undefined && { proxy }),
        })
        const large = noise(2_000_000)
        const failure = await failureOf(upload(origin.url, large, { dispatcher }))
        const body = Buffer.from('abc')
        const fetched = await failureOf(fetch(origin.url, { method: 'PUT', body, dispatcher }))
        expect(failure).to.be.an('error').with.property('code').a('string')
        expect(fetched.cause).to.have.property('code', (failure as NodeJS.ErrnoException).code)
        expect(origin.requests).to.eql([])
        await settled()
        await dispatcher.close()
      })
    }
  }

  for (const scheme of ['http', 'https'] as const) {
    it(`fail uploads to ${scheme} origins when they are those of the proxy`, async () => {
      const { host } = await httpProxy({ identity: secret })
      const proxy = { url: `https://${host}`, tls: { ca: secret.cert, cert: bad, key: secret.key } }
      const dispatcher = agentFor({ proxy })
      const failure = await failureOf(upload(`${scheme}://uploads.example/`, 'abc', { dispatcher }))
      expect(failure).to.have.property('code', 'ERR_EXPECT_PROXY')
      expect(failure.cause).to.have.property('code').a('string')
      await settled()
      await dispatcher.close()
    })
  }

  it('close the tunnel', async () => {
    const origin = await startOrigin({ tls: secret })
    closeLater(() => origin.close())
    const proxy = await httpProxy()
    const dispatcher = agentFor({ connect: { cert: bad }, proxy: `http://${proxy.host}` })
    await failureOf(upload(origin.url, 'abc', { dispatcher }))
    await Promise.all(proxy.sockets.map((socket) => socket.destroyed || once(socket, 'close')))
    expect(proxy.sockets).to.have.length(1)
  })
})
