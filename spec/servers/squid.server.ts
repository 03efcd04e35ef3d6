import { Readable } from 'node:stream'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { type OriginMode, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { startSquid } from './support/squid.ts'

const content = noise(300_000)
const oneShot = (): Readable => Readable.from([content.subarray(0, 1000), content.subarray(1000)])

async function openOrigin(scheme: string, mode: OriginMode): Promise<TestOrigin> {
  const origin = await startOrigin({ mode, ...(scheme === 'https' && { tls: await identity() }) })
  closeLater(() => origin.close())
  return origin
}

interface Row {
  readonly mode: OriginMode
  readonly status: number
  readonly outcome: string
  /** The bytes of content in each request at the origin. */
  readonly bytes: readonly number[]
}

const rows: readonly Row[] = [
  { mode: 'go', status: 201, outcome: 'continued', bytes: [content.length] },
  { mode: 'silent', status: 201, outcome: 'silent', bytes: [content.length] },
  { mode: 417, status: 201, outcome: 'replayed', bytes: [0, content.length] },
  { mode: 413, status: 413, outcome: 'refused', bytes: [0] },
]

describe('squid', () => {
  for (const toProxy of ['http', 'https'] as const) {
    for (const toOrigin of ['http', 'https']) {
      for (const { mode, status, outcome, bytes } of rows) {
        it(`by ${toProxy} forwards a one-shot upload to an ${toOrigin} origin: ${mode}`, async () => {
          const squid = await startSquid()
          const origin = await openOrigin(toOrigin, mode)
          const { cert } = await identity()
          const proxy = squid.proxies[toProxy]
          const dispatcher = agentFor({ proxy, connect: { ca: cert } })
          // The wait may only run out with a silent origin.
          const continueTimeout = mode === 'silent' ? 50 : 60_000
          const options = { continueTimeout, dispatcher }
          const { response, report } = await upload(`${origin.url}/file`, oneShot(), options)
          expect(response.status).to.equal(status)
          expect(report.outcome).to.equal(outcome)
          expect(origin.requests.map((request) => request.bytes)).to.deep.equal(bytes)
          if (status === 201) expect(origin.requests.at(-1)?.sha256).to.equal(sha256(content))
          await dispatcher.close()
          const connects = await squid.connects(toOrigin === 'https' ? 1 : 0)
          expect(connects.length > 0).to.equal(toOrigin === 'https')
          expect(connects.filter((line) => /expect/i.test(line))).to.deep.equal([])
        })
      }

      it(`by ${toProxy} rejects wrong credentials for an ${toOrigin} origin`, async () => {
        const squid = await startSquid()
        const origin = await openOrigin(toOrigin, 'go')
        const { cert } = await identity()
        const wrong = { username: 'user', password: 'a guess' }
        const proxy = { ...squid.proxies[toProxy], credentials: wrong }
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
