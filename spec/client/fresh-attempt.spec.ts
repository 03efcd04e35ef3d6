import type { LookupFunction } from 'node:net'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { StaleConnection } from '../../lib/recovery/stale-connection.ts'
import { answerOf } from '../support/answers.ts'
import { sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { content, stream } from '../support/guarded.ts'
import { origin } from '../support/origin.ts'
import { turns } from '../support/turns.ts'
import { unusedUrl } from '../support/unused-url.ts'
import type { Wire } from '../support/wire.ts'

describe('an upload to a port on which no server listens', () => {
  let connects = 0
  const lookup: LookupFunction = (_name, _options, callback) => {
    connects += 1
    callback(null, [{ address: '127.0.0.1', family: 4 }])
  }

  beforeEach(() => {
    connects = 0
  })

  it('connects once', async () => {
    const { port } = new URL(await unusedUrl())
    const dispatcher = agentFor({ connect: { lookup } })
    const error = await upload(`http://uploads.test:${port}/`, stream(), { dispatcher }).catch(
      (reason) => reason,
    )
    expect(error).to.have.property('code', 'ECONNREFUSED')
    expect(connects).to.equal(1)
  })

  it('connects as often as the retry option says', async () => {
    const { port } = new URL(await unusedUrl())
    const retry = { count: 2, minDelay: 0 }
    const dispatcher = agentFor({ connect: { lookup } })
    const options = { dispatcher, retry, method: 'POST' }
    await upload(`http://uploads.test:${port}/`, stream(), options).catch(() => {})
    expect(connects).to.equal(3)
  })
})

/** Accepts one upload that has an expectation. */
async function takeOne(wire: Wire): Promise<Buffer> {
  const head = await wire.head()
  wire.send('HTTP/1.1 100 Continue')
  const received = await wire.content(head)
  wire.send('HTTP/1.1 201 Created', 'Content-Length: 0')
  return received
}

const idle = ['HTTP/1.1 408 Request Timeout', 'Content-Length: 0', 'Connection: close']

describe('a 408 instead of a 100', () => {
  for (const method of ['PUT', 'POST']) {
    it(`on an idle connection causes a fresh attempt (${method})`, async () => {
      const received: Buffer[] = []
      const peer = await origin(
        async (wire) => {
          await takeOne(wire)
          await wire.head()
          wire.send(...idle)
          wire.end()
        },
        async (wire) => {
          received.push(await takeOne(wire))
        },
      )
      const dispatcher = agentFor()
      await (await upload(peer.url, stream(), { dispatcher, method })).response.text()
      // undici considers a connection free in the turn after that.
      await turns()
      const { response, report } = await upload(peer.url, stream(), { dispatcher, method })
      await peer.done
      expect(response.status).to.equal(201)
      expect(received.map(sha256)).to.deep.equal([sha256(content)])
      expect(report.attempts.map(({ reason, status }) => [reason, status])).to.deep.equal([
        ['first', 408],
        ['fresh-connection', 201],
      ])
    })
  }

  it('is returned on a new connection', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send(...idle)
      wire.end()
    })
    const { response } = await upload(peer.url, stream(), { dispatcher: agentFor() })
    await peer.done
    expect(response.status).to.equal(408)
  })

  it('is returned when it comes twice', () => {
    const step = new StaleConnection()
    const again = (): unknown =>
      step.answered(answerOf(408, {}, { attempt: { reusedConnection: true } }))
    expect(again()).to.include({ reason: 'fresh-connection', delayMs: 0 })
    expect(again()).to.equal(null)
  })

  const others: readonly (readonly [string, Parameters<typeof answerOf>[2]])[] = [
    ['of which some was sent', { attempt: { reusedConnection: true, sentBytes: 1 } }],
    ['that was sent without an expectation', { attempt: { reusedConnection: true, asked: false } }],
    ['that is empty', { attempt: { reusedConnection: true }, complete: true }],
    ['that is gone', { attempt: { reusedConnection: true }, sendable: false }],
  ]
  for (const [what, known] of others) {
    it(`is returned for content ${what}`, () => {
      expect(new StaleConnection().answered(answerOf(408, {}, known))).to.equal(null)
    })
  }

  it('is the only status that causes a fresh attempt', () => {
    const known = { attempt: { reusedConnection: true } }
    for (const status of [400, 413, 500, 503]) {
      expect(new StaleConnection().answered(answerOf(status, {}, known))).to.equal(null)
    }
  })
})
