import { Readable } from 'node:stream'
import { expect } from 'chai'
import { type OriginMode, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { upload } from '../../lib/upload.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { freePort, startDaemon, Workplace } from './support/daemon.ts'
import { squid } from './support/servers.ts'

const content = noise(300_000)
const oneShot = (): Readable => Readable.from([content.subarray(0, 1000), content.subarray(1000)])
const credentials = { username: 'user', password: 'secret' }

interface Squid {
  readonly place: Workplace
  /** The proxy's URL, by the scheme that it is spoken to with. */
  readonly urls: Readonly<Record<string, string>>
}

/** Starts squid with an HTTP and an HTTPS port, and a password. */
async function startSquid(): Promise<Squid> {
  const place = new Workplace()
  const { key, cert } = await identity()
  const [http, https] = [await freePort(), await freePort()]
  // MD5, which the password file of Debian's squid takes beside crypt.
  place.write('users', 'user:$1$salt$ez2vlPGdaLYkJam5pWs/Y1\n')
  const config = place.write(
    'squid.conf',
    `http_port 127.0.0.1:${http}
https_port 127.0.0.1:${https} cert=${place.write('cert.pem', cert)} key=${place.write('key.pem', key)}
auth_param basic program /usr/lib/squid/basic_ncsa_auth ${place.at('users')}
auth_param basic realm squid
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
log_mime_hdrs on
access_log stdio:${place.at('access.log')}
cache_log ${place.at('cache.log')}
pid_filename ${place.at('squid.pid')}
coredump_dir ${place.path}
cache deny all
shutdown_lifetime 0 seconds
visible_hostname squid
`,
  )
  await startDaemon(squid, ['-N', '-f', config], http)
  const urls = { http: `http://127.0.0.1:${http}`, https: `https://127.0.0.1:${https}` }
  return { place, urls }
}

async function openOrigin(scheme: string, mode: OriginMode): Promise<TestOrigin> {
  const origin = await startOrigin({ mode, ...(scheme === 'https' && { tls: await identity() }) })
  closeLater(() => origin.close())
  return origin
}

function tlsFor(scheme: string, ca: string): { tls?: { ca: string } } {
  return scheme === 'https' ? { tls: { ca } } : {}
}

interface Row {
  readonly mode: OriginMode
  readonly status: number
  readonly outcome: string
  /** Bytes of content of each request that the origin saw. */
  readonly bytes: readonly number[]
}

const rows: readonly Row[] = [
  { mode: 'go', status: 201, outcome: 'continued', bytes: [content.length] },
  { mode: 'silent', status: 201, outcome: 'silent', bytes: [content.length] },
  { mode: 417, status: 201, outcome: 'replayed', bytes: [0, content.length] },
  { mode: 413, status: 413, outcome: 'refused', bytes: [0] },
]

describe('squid', () => {
  for (const toProxy of ['http', 'https']) {
    for (const toOrigin of ['http', 'https']) {
      for (const { mode, status, outcome, bytes } of rows) {
        it(`by ${toProxy} leads a one-shot upload to an ${toOrigin} origin: ${mode}`, async () => {
          const { place, urls } = await startSquid()
          const origin = await openOrigin(toOrigin, mode)
          const { cert } = await identity()
          const proxy = { url: urls[toProxy] ?? '', credentials, ...tlsFor(toProxy, cert) }
          const dispatcher = agentFor({ proxy, connect: { ca: cert } })
          // Only where nobody answers may the wait run out.
          const continueTimeout = mode === 'silent' ? 50 : 60_000
          const options = { continueTimeout, dispatcher }
          const { response, report } = await upload(`${origin.url}/file`, oneShot(), options)
          expect(response.status).to.equal(status)
          expect(report.outcome).to.equal(outcome)
          expect(origin.requests.map((request) => request.bytes)).to.deep.equal(bytes)
          if (status === 201) expect(origin.requests.at(-1)?.sha256).to.equal(sha256(content))
          await dispatcher.close()
          const connects = place.lines('access.log').filter((line) => line.includes(' CONNECT '))
          expect(connects.length > 0).to.equal(toOrigin === 'https')
          expect(connects.filter((line) => /expect/i.test(line))).to.deep.equal([])
        })
      }

      it(`by ${toProxy} turns wrong credentials away from an ${toOrigin} origin`, async () => {
        const { urls } = await startSquid()
        const origin = await openOrigin(toOrigin, 'go')
        const { cert } = await identity()
        const wrong = { ...credentials, password: 'a guess' }
        const proxy = { url: urls[toProxy] ?? '', credentials: wrong, ...tlsFor(toProxy, cert) }
        const dispatcher = agentFor({ proxy, connect: { ca: cert } })
        const came = await upload(`${origin.url}/file`, oneShot(), { dispatcher }).then(
          ({ response }) => response.status,
          (error) => error.response?.status,
        )
        expect(came).to.equal(407)
        expect(origin.requests).to.deep.equal([])
      })
    }
  }
})
