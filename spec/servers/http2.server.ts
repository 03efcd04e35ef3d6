import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import type { UploadReport } from '../../lib/report/report.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { type Http2Server, nghttpdServer, nginxServer } from './support/http2-servers.ts'

const content = noise(2_000_000)
const oneShot = (): Readable => Readable.from([content.subarray(0, 1000), content.subarray(1000)])
/** What heads and frames without content come to, TLS included. */
const heads = 20_000

/** Uploads to path after path with one agent. */
async function send(
  { url }: Http2Server,
  paths: readonly string[],
): Promise<{ status: number; text: string; report: UploadReport }[]> {
  const { cert } = await identity()
  const dispatcher = agentFor({ connect: { ca: cert }, continueTimeout: 200 })
  const came = []
  for (const path of paths) {
    const body = path === '/small' ? content : oneShot()
    const options = { expect: 'always', memory: false, dispatcher } as const
    const { response, report } = await upload(`${url}${path}`, body, options)
    came.push({ status: response.status, text: await response.text(), report })
  }
  await dispatcher.close()
  return came
}

describe('HTTP/2', () => {
  it('of nginx, which never says go: content goes after the wait, on one connection', async () => {
    const server = await nginxServer()
    const came = await send(server, ['/one', '/two'])
    expect(came.map(({ status, report }) => [status, report.outcome])).to.deep.equal([
      [201, 'silent'],
      [201, 'silent'],
    ])
    expect(sha256(readFileSync(server.place.at('files/two')))).to.equal(sha256(content))
    expect(server.wire.connections).to.have.length(1)
  })

  it('of nginx: refusals and a 417 keep the connection, and no content is sent', async () => {
    const server = await nginxServer()
    const refused = await send(server, ['/small', '/private', '/small', '/private'])
    expect(refused.map(({ status, report }) => [status, report.sentBytes])).to.deep.equal([
      [413, 0],
      [401, 0],
      [413, 0],
      [401, 0],
    ])
    expect(server.wire.connections).to.have.length(1)
    expect(server.wire.connections[0]?.bytes).to.be.below(heads)
    const [picky] = await send(server, ['/picky'])
    expect(picky).to.include({ status: 201 })
    expect(picky?.report).to.include({ outcome: 'replayed', sentBytes: content.length })
    expect(server.wire.connections).to.have.length(2)
  })

  it('of nghttpd, which says go: content goes at once, on one connection', async () => {
    const server = await nghttpdServer()
    const came = await send(server, ['/one', '/two'])
    expect(came.map(({ status, report }) => [status, report.outcome])).to.deep.equal([
      [200, 'continued'],
      [200, 'continued'],
    ])
    expect(server.wire.connections).to.have.length(1)
  })
})
