import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { Dispatcher } from 'undici'
import { gatedPool } from '../../lib/index.ts'
import { type OriginOptions, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import {
  attemptTexts,
  content,
  digest,
  failed,
  faults,
  plainHttp,
  sent,
  ways,
  withoutDelay,
} from '../support/resumable.ts'

async function started(options: OriginOptions): Promise<TestOrigin> {
  const origin = await startOrigin({ mode: 'resumable', ...options })
  closeLater(() => origin.close())
  return origin
}

describe('a first request that is repeated after a 104', () => {
  for (const way of ways) {
    it(`because of a 417 leaves one upload at the origin (${way.name})`, async () => {
      const origin = await way.open({ fault: faults({ after: 0, with: 417 }) })
      const { response, report } = await sent(origin)
      expect(response.status).to.equal(201)
      expect(attemptTexts(report)).to.deep.equal([
        'first PUT 417',
        'cancel DELETE 204',
        'replay PUT 201',
      ])
      expect(report.outcome).to.equal('replayed')
      expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled', 'complete'])
      expect(origin.uploads[1]).to.include({ sha256: digest })
    })
  }

  it('because of a 417 sends one-shot content completely', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 0, with: 417 }) })
    await sent(origin, {}, Readable.from(chunksOf(content)))
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled', 'complete'])
    expect(origin.uploads[1]).to.include({ sha256: digest })
  })

  it('because of a challenge leaves one upload at the origin', async () => {
    const origin = await plainHttp.open({
      fault: faults({ after: 0, with: 401 }),
      alter: (fields, status) => ({
        ...fields,
        ...(status === 401 && { 'www-authenticate': 'Basic realm="uploads"' }),
      }),
    })
    const basic = { username: 'user', password: 'secret' }
    const { report } = await sent(origin, { authenticate: { basic } })
    expect(attemptTexts(report)).to.deep.equal([
      ...['first PUT 401', 'cancel DELETE 204', 'challenge PUT 201'],
    ])
    expect(origin.requests[1]?.headers.authorization).to.match(/^Basic /)
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled', 'complete'])
  })

  it('because of a redirect leaves no upload at the first origin', async () => {
    const there = await plainHttp.open()
    const origin = await plainHttp.open({
      fault: faults({ after: 0, with: 307 }),
      alter: (fields, status) => ({ ...fields, ...(status === 307 && { location: there.url }) }),
    })
    const { response } = await sent(origin)
    expect(response.status).to.equal(201)
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
    expect(there.uploads.map(({ state }) => state)).to.deep.equal(['complete'])
  })

  it('continues, whatever the response to the DELETE is', async () => {
    for (const instead of [404, 500, 'reset'] as const) {
      const origin = await started({
        mode: ({ method }) => (method === 'DELETE' ? instead : 'resumable'),
        resumable: { fault: ({ number }) => (number === 1 ? { after: 0, with: 417 } : null) },
      })
      const { response } = await sent({ url: `${origin.url}/videos/1`, agent: agentFor() })
      expect(response.status).to.equal(201)
      expect(origin.uploads.at(-1)).to.include({ state: 'complete', sha256: digest })
    }
  })
})

describe('an upload that ends early', () => {
  it('by an abort of its caller is cancelled at the origin', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 100_000, with: 'stall' }) })
    const aborting = new AbortController()
    const error = await failed(origin, {
      signal: aborting.signal,
      onInterim: ({ status }) => status === 104 && setImmediate(() => aborting.abort()),
    })
    expect(error.name).to.equal('AbortError')
    // It also waits for the DELETE.
    await origin.agent.close()
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
  })

  it('by an abort with any reason is cancelled at the origin', async () => {
    for (const reason of [new Error('No more'), 'no more', 5, Symbol('no more')]) {
      const origin = await plainHttp.open({ fault: faults({ after: 100_000, with: 'stall' }) })
      const aborting = new AbortController()
      const uploading = sent(origin, {
        signal: aborting.signal,
        onInterim: ({ status }) => status === 104 && setImmediate(() => aborting.abort(reason)),
      })
      expect(await uploading.catch((error) => error)).to.equal(reason)
      await origin.agent.close()
      expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
    }
  })

  it('by an abort during the delay before an attempt is cancelled at the origin', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 100_000, with: 500 }) })
    const aborting = new AbortController()
    let answered = 0
    const uploading = failed(origin, {
      signal: aborting.signal,
      resume: { minDelay: 600_000, maxDelay: 600_000 },
      onProgress: ({ phase }) => {
        if (phase === 'responding' && answered++ === 0) setImmediate(() => aborting.abort())
      },
    })
    expect((await uploading).name).to.equal('AbortError')
    await origin.agent.close()
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
  })

  it('by its total timeout is cancelled at the origin', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 100_000, with: 'stall' }) })
    const error = await failed(origin, { timeouts: { total: 200 } })
    expect(error.code).to.equal('ERR_EXPECT_TOTAL_TIMEOUT')
    await origin.agent.close()
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
  })

  it('has short timeouts for the DELETE', async () => {
    const limits: unknown[] = []
    const factory = (origin: string | URL, options: object): Dispatcher => {
      const pool = gatedPool(origin, options)
      const { dispatch } = pool
      pool.dispatch = (request, handler) => {
        const { method, headersTimeout, bodyTimeout } = request
        if (method === 'DELETE') limits.push(headersTimeout, bodyTimeout)
        return dispatch.call(pool, request, handler)
      }
      return pool
    }
    const origin = await plainHttp.open(
      { fault: faults({ after: 100_000, with: 'stall' }) },
      { factory },
    )
    await failed(origin, { timeouts: { total: 200 } })
    await origin.agent.close()
    expect(limits).to.deep.equal([5000, 5000])
  })

  it('is not cancelled when the caller got its token', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 100_000, with: 'stall' }) })
    const aborting = new AbortController()
    await failed(origin, {
      signal: aborting.signal,
      resume: { ...withoutDelay, onToken: () => setImmediate(() => aborting.abort()) },
    })
    await origin.agent.close()
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['open'])
  })

  it('because of a wrong length is cancelled, and fails with that error', async () => {
    for (const [length, code] of [
      [content.length + 1, 'ERR_EXPECT_CONTENT_SHORT'],
      [content.length - 1, 'ERR_EXPECT_CONTENT_LONG'],
    ] as const) {
      const origin = await plainHttp.open()
      const headers = { 'content-length': String(length) }
      const stream = Readable.from(chunksOf(content))
      const error = await failed(origin, { headers }, stream)
      expect(error.code).to.equal(code)
      expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
    }
  })

  it('because of an error of its source is cancelled, and fails with that error', async () => {
    const broken = new Error('The disk is gone')
    const origin = await plainHttp.open()
    const error = await failed(origin, {}, () => breaking())
    async function* breaking(): AsyncGenerator<Buffer> {
      yield content.subarray(0, 1_000_000)
      throw broken
    }
    expect(error).to.equal(broken)
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
  })

  it('because its agent is destroyed rejects at once', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 100_000, with: 'stall' }) })
    const uploading = failed(origin, {
      onInterim: () => setImmediate(() => origin.agent.destroy()),
    })
    expect((await uploading).name).to.match(/Destroyed|Abort/)
  })
})
