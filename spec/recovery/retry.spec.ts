import { Readable } from 'node:stream'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { Retry } from '../../lib/recovery/retry.ts'
import { StaleConnection } from '../../lib/recovery/stale-connection.ts'
import type { Progress } from '../../lib/report/report.ts'
import { type OriginMode, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import type { NextAttempt } from '../../lib/upload/recovery-step.ts'
import { answerOf, failureOf } from '../support/answers.ts'
import { standingClock } from '../support/clock.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { origin as scripted } from '../support/origin.ts'

describe('StaleConnection', () => {
  for (const code of ['ECONNRESET', 'EPIPE', 'ECONNABORTED']) {
    it(`makes one fresh attempt after ${code}`, () => {
      const step = new StaleConnection()
      expect(step.failed(failureOf(code))).to.include({ reason: 'fresh-connection', delayMs: 0 })
      expect(step.failed(failureOf(code))).to.equal(null)
    })
  }

  it('makes none when content may have been sent', () => {
    expect(new StaleConnection().failed(failureOf('ECONNRESET', { untouched: false }))).to.equal(
      null,
    )
  })

  for (const code of ['ENOTFOUND', 'ECONNREFUSED', 'ETIMEDOUT']) {
    it(`makes none after ${code}`, () => {
      expect(new StaleConnection().failed(failureOf(code))).to.equal(null)
    })
  }
})

describe('Retry', () => {
  for (const status of [408, 425, 429, 500, 502, 503, 504]) {
    it(`retries after a ${status}`, () => {
      expect(new Retry(1).answered(answerOf(status))).to.include({ reason: 'retry' })
    })
  }

  for (const status of [200, 307, 401, 413, 417, 501, 505]) {
    it(`returns null for a ${status}`, () => {
      expect(new Retry(1).answered(answerOf(status))).to.equal(null)
    })
  }

  it('uses the statuses option', () => {
    const retry = new Retry({ statuses: [418] })
    expect(retry.answered(answerOf(503))).to.equal(null)
    expect(retry.answered(answerOf(418))).not.to.equal(null)
  })

  it('counts responses and failures together', () => {
    const retry = new Retry(2)
    expect(retry.answered(answerOf(503))).not.to.equal(null)
    expect(retry.failed(failureOf('ECONNRESET'))).not.to.equal(null)
    expect(retry.answered(answerOf(503))).to.equal(null)
    expect(retry.failed(failureOf('ECONNRESET'))).to.equal(null)
  })

  const repeatable: readonly (readonly [string, Parameters<typeof answerOf>[2], boolean])[] = [
    ['unread, of POST', { httpRequest: { method: 'POST' } }, true],
    ['empty, of POST', { attempt: { asked: false }, httpRequest: { method: 'POST' } }, false],
    ['sent, of PUT', { attempt: { sentBytes: 5 } }, true],
    ['sent, of POST', { attempt: { sentBytes: 5 }, httpRequest: { method: 'POST' } }, false],
    [
      'sent, of POST with an Idempotency-Key',
      {
        attempt: { sentBytes: 5 },
        httpRequest: { method: 'POST', headers: ['Idempotency-Key', '"8e03978e"'] },
      },
      true,
    ],
    ['gone', { attempt: { sentBytes: 5 }, sendable: false }, false],
  ]
  for (const [content, known, again] of repeatable) {
    it(`${again ? 'sends' : 'does not send'} content again that is ${content}`, () => {
      expect(new Retry(1).answered(answerOf(503, {}, known)) !== null).to.equal(again)
    })
  }

  const failures: readonly (readonly [string, Parameters<typeof failureOf>[1], boolean])[] = [
    ['ECONNRESET', {}, true],
    ['ECONNREFUSED', {}, true],
    ['ETIMEDOUT', {}, true],
    ['UND_ERR_CONNECT_TIMEOUT', {}, true],
    ['ENOTFOUND', {}, false],
    ['CERT_HAS_EXPIRED', {}, false],
    ['ECONNRESET', { untouched: false }, true],
    ['ECONNRESET', { untouched: false, httpRequest: { method: 'POST' } }, false],
    ['ECONNRESET', { untouched: true, httpRequest: { method: 'POST' } }, true],
    ['ECONNRESET', { untouched: false, sendable: false }, false],
  ]
  for (const [code, known, again] of failures) {
    it(`${again ? 'retries' : 'does not retry'} after ${code} ${JSON.stringify(known)}`, () => {
      expect(new Retry(1).failed(failureOf(code, known)) !== null).to.equal(again)
    })
  }

  it('doubles the delay each time, half of it random, up to maxDelay', () => {
    const retry = new Retry({ count: 4, minDelay: 100, maxDelay: 500 })
    for (const maxDelay of [100, 200, 400, 500]) {
      const next = retry.answered(answerOf(503)) as NextAttempt
      expect(next.delayMs).to.be.within(maxDelay / 2, maxDelay)
    }
  })

  it('waits as long as Retry-After says, and up to a quarter longer', () => {
    const next = new Retry(1).answered(answerOf(503, { 'retry-after': '30' })) as NextAttempt
    expect(next.delayMs).to.be.within(30_000, 37_500)
  })

  it('spreads the retries of clients with the same Retry-After', () => {
    const delays = Array.from({ length: 30 }, () => {
      const next = new Retry(1).answered(answerOf(503, { 'retry-after': '10' })) as NextAttempt
      return next.delayMs
    })
    expect(Math.max(...delays) - Math.min(...delays)).to.be.at.least(1000)
    expect(new Set(delays)).to.have.property('size', 30)
  })

  it('never waits longer than a timer allows', () => {
    const maxDelay = 2_147_483_647
    const answer = answerOf(503, { 'retry-after': '2147483' })
    const next = new Retry({ count: 1, maxDelay }).answered(answer) as NextAttempt
    expect(next.delayMs).to.be.within(2_147_483_000, maxDelay)
  })

  it('returns null for a Retry-After longer than maxDelay', () => {
    expect(new Retry(1).answered(answerOf(503, { 'retry-after': '31' }))).to.equal(null)
  })
})

async function openOrigin(...modes: OriginMode[]): Promise<TestOrigin> {
  const origin = await startOrigin({ mode: () => modes.shift() ?? 'go' })
  closeLater(() => origin.close())
  return origin
}

const content = noise(100_000)
const oneShot = (): Readable => Readable.from([content.subarray(0, 1000), content.subarray(1000)])
const soon = { count: 3, minDelay: 0 }

describe('upload with retries', () => {
  it('sends a one-shot stream that was unread after a 503 and a 429', async () => {
    const origin = await openOrigin(503, { status: 429, headers: { 'retry-after': '0' } })
    const { response, report } = await upload(origin.url, oneShot(), {
      retry: soon,
      dispatcher: agentFor(),
    })
    expect(response.status).to.equal(201)
    expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([0, 0, content.length])
    expect(origin.requests[2]?.sha256).to.equal(sha256(content))
    expect(report.attempts.map(({ reason, delayMs }) => [reason, delayMs])).to.deep.equal([
      ['first', 0],
      ['retry', 0],
      ['retry', 0],
    ])
  })

  it('returns the last response when no attempts are left', async () => {
    const origin = await openOrigin(503, 503, 503, 503)
    const { response } = await upload(origin.url, oneShot(), {
      retry: soon,
      dispatcher: agentFor(),
    })
    expect(response.status).to.equal(503)
    expect(origin.requests).to.have.length(4)
  })

  it('does not retry by default', async () => {
    const origin = await openOrigin(503)
    const { response } = await upload(origin.url, oneShot(), { dispatcher: agentFor() })
    expect(response.status).to.equal(503)
    expect(origin.requests).to.have.length(1)
  })

  it('waits as long as Retry-After says', async () => {
    const clock = standingClock()
    const times: number[] = []
    const origin = await startOrigin({
      mode: () => {
        times.push(clock.now)
        return times.length === 1 ? { status: 503, headers: { 'retry-after': '20' } } : 'go'
      },
    })
    closeLater(() => origin.close())
    const { report } = await upload(origin.url, oneShot(), {
      retry: 1,
      dispatcher: agentFor(),
      onProgress: ({ phase }) => {
        if (phase === 'responding') setImmediate(() => clock.tick(25_000))
      },
    })
    expect(times).to.deep.equal([0, 25_000])
    expect(report.attempts[1]).to.include({ reason: 'retry' })
    expect(report.attempts[1]?.delayMs).to.be.within(20_000, 25_000)
  })

  it('is spread among 29 other uploads with the same Retry-After', async () => {
    const clock = standingClock()
    const origin = await startOrigin({
      mode: () =>
        origin.requests.length <= 30 ? { status: 503, headers: { 'retry-after': '10' } } : 'go',
    })
    closeLater(() => origin.close())
    const dispatcher = agentFor()
    let refused = 0
    const onProgress = ({ phase }: Progress): void => {
      if (phase !== 'responding') return
      refused += 1
      if (refused === 30) setImmediate(() => clock.tick(12_500))
    }
    const herd = Array.from({ length: 30 }, () =>
      upload(origin.url, oneShot(), { retry: 1, dispatcher, onProgress }),
    )
    const results = await Promise.all(herd)
    const delays = results.map(({ report }) => report.attempts[1]?.delayMs ?? 0)
    expect(Math.min(...delays)).to.be.at.least(10_000)
    expect(Math.max(...delays) - Math.min(...delays)).to.be.at.least(1000)
    expect(results.map(({ report }) => report.status)).to.deep.equal(Array(30).fill(201))
  })

  it('is aborted by its signal during the delay', async () => {
    const origin = await openOrigin({ status: 503, headers: { 'retry-after': '20' } })
    const controller = new AbortController()
    const reason = new Error('enough')
    const source = oneShot()
    const sent = upload(origin.url, source, {
      retry: 1,
      signal: controller.signal,
      dispatcher: agentFor(),
      onProgress: ({ phase }) => {
        if (phase === 'responding') setImmediate(() => controller.abort(reason))
      },
    }).catch((error) => error)
    expect(await sent).to.equal(reason)
    expect(source.destroyed).to.equal(true)
    expect(origin.requests).to.have.length(1)
  })

  it('is not retried when the returned response breaks off', async () => {
    const peer = await scripted(async (wire) => {
      await wire.content(await wire.head())
      wire.send('HTTP/1.1 201 Created', 'Content-Length: 10')
      await wire.pieces('half')
      wire.end()
    })
    const options = { expect: 'never', retry: soon, dispatcher: agentFor() } as const
    const { response } = await upload(peer.url, content, options)
    expect(response.status).to.equal(201)
    expect(await response.text().catch((error) => error)).to.be.instanceOf(TypeError)
    await peer.done
    expect(peer.connections).to.equal(1)
  })
})
