import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { ExpectAgent } from '../../lib/client/agent.ts'
import { type UploadResult, upload } from '../../lib/client/upload.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { apacheDigest, type DigestServer, lighttpdDigest, user } from './support/digest-servers.ts'

const piece = noise(1_048_576)
const megabytes = 20
const digest = sha256(Buffer.concat(Array.from({ length: megabytes }, () => piece)))

/** A one-shot stream of this many megabytes. */
function stream(count = megabytes): Readable {
  return Readable.from(Array.from({ length: count }, () => piece))
}

function send(
  server: DigestServer,
  dispatcher: ExpectAgent,
  count?: number,
): Promise<UploadResult> {
  return upload(`${server.url}/file`, stream(count), { dispatcher })
}

const kinds: Record<string, () => Promise<DigestServer>> = {
  'Apache httpd': () => apacheDigest(),
  'lighttpd with MD5': () => lighttpdDigest('MD5'),
  'lighttpd with SHA-256': () => lighttpdDigest('SHA-256'),
}

for (const [name, start] of Object.entries(kinds)) {
  describe(`digest credentials for ${name}`, () => {
    it('upload a stream of 20 MB in two requests, with its content once', async () => {
      const server = await start()
      const dispatcher = agentFor({ authenticate: { digest: user, origin: server.url } })
      const { response, report } = await send(server, dispatcher)
      expect(response.status).to.equal(201)
      expect(server.sha256()).to.equal(digest)
      const [challenged, stored, ...more] = await server.stopped()
      expect(challenged?.status).to.equal(401)
      expect(challenged?.bytes).to.be.below(1000)
      expect(stored?.status).to.equal(201)
      // Allows for chunked framing and the head.
      expect(stored?.bytes).to.be.within(megabytes * 1_048_576, megabytes * 1_048_576 + 10_000)
      expect(more).to.deep.equal([])
      expect(report).to.include({ outcome: 'continued', sentBytes: megabytes * 1_048_576 })
    })

    it('are sent at once in later uploads, sequential and concurrent', async () => {
      const server = await start()
      const dispatcher = agentFor({ authenticate: { digest: user, origin: server.url } })
      for (let count = 1; count <= 5; count++) await send(server, dispatcher, 1)
      await Promise.all(Array.from({ length: 10 }, () => send(server, dispatcher, 1)))
      const statuses = (await server.stopped()).map(({ status }) => status)
      expect(statuses.filter((status) => status === 401)).to.have.lengthOf(1)
      expect(statuses).to.have.lengthOf(16)
    })

    it('are sent once when they are wrong', async () => {
      const server = await start()
      const authenticate = { digest: { ...user, password: 'a guess' } }
      const dispatcher = agentFor({ authenticate: { ...authenticate, origin: server.url } })
      const { response, report } = await send(server, dispatcher)
      expect(response.status).to.equal(401)
      expect(report.sentBytes).to.equal(0)
      const statuses = (await server.stopped()).map(({ status }) => status)
      expect(statuses).to.deep.equal([401, 401])
    })
  })
}

describe('digest credentials for Apache httpd', () => {
  it('work again after a restart made their nonce stale', async () => {
    const server = await apacheDigest()
    const dispatcher = agentFor({ authenticate: { digest: user, origin: server.url } })
    await send(server, dispatcher, 1)
    await server.restart()
    const { response } = await send(server, dispatcher, 1)
    expect(response.status).to.equal(204)
    const statuses = (await server.stopped()).map(({ status }) => status)
    expect(statuses).to.deep.equal([401, 201, 401, 204])
  })

  it('use the next nonce if each is valid for one request', async () => {
    const server = await apacheDigest(0)
    const dispatcher = agentFor({ authenticate: { digest: user, origin: server.url } })
    for (let count = 1; count <= 3; count++) await send(server, dispatcher, 1)
    const statuses = (await server.stopped()).map(({ status }) => status)
    expect(statuses).to.deep.equal([401, 201, 204, 204])
  })

  it('work for concurrent uploads if each nonce is valid for one request', async () => {
    const server = await apacheDigest(0)
    const dispatcher = agentFor({ authenticate: { digest: user, origin: server.url } })
    await send(server, dispatcher, 1)
    const sent = await Promise.all(Array.from({ length: 10 }, () => send(server, dispatcher, 1)))
    expect(sent.map(({ response }) => response.status)).to.deep.equal(sent.map(() => 204))
  })
})
