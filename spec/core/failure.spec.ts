import { constants } from 'node:http2'
import { expect } from 'chai'
import { Agent, errors, request } from 'undici'
import { expectHttpStack } from '../../lib/adapters/tus.ts'
import { createFetch, install } from '../../lib/client/bound.ts'
import { fetch } from '../../lib/client/fetch.ts'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import { fromFile } from '../../lib/content/file.ts'
import type { ExpectOptions } from '../../lib/options/options.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { origin, type Script } from '../support/origin.ts'
import { signal } from '../support/signal.ts'
import { tlsFront } from '../support/tls-front.ts'
import { unusedUrl } from '../support/unused-url.ts'

const small = noise(1000)
const large = noise(3_000_000)

interface Sending extends ExpectOptions {
  signal?: AbortSignal
  method?: string
}

type Send = (url: string, content: ContentInput, sending?: Sending) => Promise<unknown>

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: Error) => error,
  )
}

/** APIs that reject with an error. */
const faces: Record<string, () => Send> = {
  upload: () => {
    const dispatcher = agentFor({ connections: 1 })
    return (url, content, sending) => upload(url, content, { dispatcher, ...sending } as object)
  },
  fetch: () => {
    const dispatcher = agentFor({ connections: 1 })
    return (url, body, sending) =>
      fetch(url, { method: 'PUT', body, dispatcher, ...sending } as object)
  },
  createFetch: () => {
    const bound = createFetch({ dispatcher: agentFor({ connections: 1 }) })
    return (url, body, sending) => bound(url, { method: 'PUT', body, ...sending } as object)
  },
  'fetch after install()': () => {
    closeLater(async () => undo())
    const undo = install({ connections: 1 })
    return (url, body, sending) =>
      globalThis.fetch(url, { method: 'PUT', body, ...sending } as object)
  },
  'upload through a custom agent': () => {
    const agent = new Agent({ factory: gatedPool, connections: 1 })
    closeLater(() => agent.destroy())
    const dispatcher = agent.compose(expectContinue())
    return (url, content, sending) => upload(url, content, { dispatcher, ...sending } as object)
  },
  'upload through two interceptors': () => {
    const dispatcher = agentFor({ connections: 1 }).compose(expectContinue())
    return (url, content, sending) => upload(url, content, { dispatcher, ...sending } as object)
  },
}

const breaksOff: Script = async (wire) => {
  await wire.head()
  wire.send('HTTP/1.1 100 Continue')
  await wire.bytes(1000)
  wire.reset()
}

const never = new Promise<void>(() => {})

for (const [name, open] of Object.entries(faces)) {
  describe(`the rejection of ${name}`, () => {
    it('has a report when the connection is reset', async () => {
      const peer = await origin(breaksOff)
      const error = await failureOf(open()(peer.url, large, { expect: 'always' }))
      expect(reportOf(error)).to.include({ asked: true, reason: 'always', outcome: 'continued' })
      expect(reportOf(error)?.sentBytes).to.be.at.least(1000)
      expect(reportOf(error)?.attempts.map(({ status }) => status)).to.deep.equal([null])
      if (error.cause !== undefined) expect(reportOf(error.cause)).to.eql(reportOf(error))
    })

    it('has a report when there is no connection', async () => {
      const error = await failureOf(open()(await unusedUrl(), large))
      expect(reportOf(error)).to.include({ asked: false, outcome: 'not-asked', sentBytes: 0 })
      expect(reportOf(error)?.attempts).to.have.lengthOf(1)
    })

    it('has a report when it is aborted during the wait', async () => {
      const asked = signal()
      const peer = await origin(async (wire) => {
        await wire.head()
        asked.raise()
        await wire.closed()
      })
      const ending = new AbortController()
      const own = { signal: ending.signal, continueTimeout: 60_000 }
      const failing = failureOf(open()(peer.url, large, own))
      await asked.raised
      ending.abort()
      const error = await failing
      expect(error).to.equal(ending.signal.reason)
      expect(reportOf(error)).to.include({ asked: true, sentBytes: 0 })
      await peer.done
    })

    it('has a report when it was aborted before', async () => {
      const error = await failureOf(
        open()(await unusedUrl(), large, { signal: AbortSignal.abort(new Error('no')) }),
      )
      expect(reportOf(error)).to.include({ asked: false, sentBytes: 0 })
      expect(reportOf(error)?.attempts).to.deep.equal([])
    })

    it('has a report when the source fails', async () => {
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 100 Continue')
        await wire.closed()
      })
      const broken = new Error('broken')
      const source = async function* () {
        yield small
        throw broken
      }
      const error = await failureOf(open()(peer.url, source()))
      expect(error.cause ?? error).to.equal(broken)
      expect(reportOf(error)).to.include({ asked: true, outcome: 'continued' })
    })

    it('has a report when the file is missing', async () => {
      const error = await failureOf(open()(await unusedUrl(), fromFile('/nowhere/at/all')))
      expect(reportOf(error)).to.include({ asked: false, sentBytes: 0 })
    })

    it('has a report when the package itself fails it', async () => {
      const peer = await origin(async (wire) => {
        await wire.head()
        await wire.closed()
      })
      const timeouts = { headers: 1 }
      const own = { expect: 'never', timeouts } as const
      const error = await failureOf(open()(peer.url, small, own))
      expect(error.cause ?? error).to.include({ code: 'ERR_EXPECT_HEADERS_TIMEOUT' })
      expect(reportOf(error)).to.include({ reason: 'never', sentBytes: 1000 })
    })

    it('has its own report when several uploads fail with one connection', async () => {
      const url = await unusedUrl()
      const send = open()
      const failing = ['PUT', 'POST', 'PATCH'].map((method) =>
        failureOf(send(url, large, { method })),
      )
      const failures = await Promise.all(failing)
      const methods = failures.map((error) => reportOf(error)?.attempts[0]?.method)
      expect(methods).to.deep.equal(['PUT', 'POST', 'PATCH'])
      for (const error of failures) {
        const cause = (error.cause ?? error) as NodeJS.ErrnoException
        expect(cause).to.be.instanceOf(Error).with.property('code', 'ECONNREFUSED')
        expect(cause.stack).to.include('ECONNREFUSED')
      }
    })

    it('has no report of another upload when several fail with the same error of the caller', async () => {
      const reason = new Error('enough')
      const ending = new AbortController()
      const send = open()
      const url = await unusedUrl()
      const own = { signal: ending.signal }
      const failing = ['PUT', 'POST'].map((method) =>
        failureOf(send(url, large, { ...own, method })),
      )
      ending.abort(reason)
      const [first, second] = await Promise.all(failing)
      expect([first, second]).to.deep.equal([reason, reason])
      expect(reportOf(reason)).to.equal(undefined)
    })

    it('may be a value that is not an object', async () => {
      for (const reason of ['enough', 5, null, Symbol('no'), () => {}]) {
        const own = { signal: AbortSignal.abort(reason) }
        const error: unknown = await failureOf(open()(await unusedUrl(), large, own))
        expect(error).to.equal(reason)
        if (typeof error !== 'function') expect(reportOf(error)).to.equal(undefined)
      }
    })
  })
}

describe('the report of an error', () => {
  it('is its own for each of several uploads on an HTTP/2 session that ends', async () => {
    const front = await tlsFront(['h2'], (_request, response) => {
      heads += 1
      if (heads < 3) return
      const { stream } = response as unknown as {
        stream: { session: { destroy(error: Error, code: number): void } }
      }
      stream.session.destroy(new Error('enough'), constants.NGHTTP2_INTERNAL_ERROR)
    })
    let heads = 0
    const dispatcher = agentFor({ connect: { ca: front.ca }, expect: 'always' })
    await upload(front.url, '', { dispatcher, expect: 'never', method: 'GET' as 'PUT' }).catch(
      () => {},
    )
    const failing = ['PUT', 'POST', 'PATCH'].map((method) =>
      failureOf(upload(`${front.url}/${method}`, small, { dispatcher, method })),
    )
    const failures = await Promise.all(failing)
    expect(new Set(failures).size).to.equal(3)
    const methods = failures.map((error) => reportOf(error)?.attempts[0]?.method)
    expect(methods).to.deep.equal(['PUT', 'POST', 'PATCH'])
  })

  it('is its own for each of several uploads whose agent is destroyed', async () => {
    const asked = [signal(), signal()]
    const held =
      (at: number): Script =>
      async (wire) => {
        await wire.head()
        asked[at]?.raise()
        await wire.closed()
      }
    const peer = await origin(held(0), held(1))
    const dispatcher = agentFor({ continueTimeout: 60_000 })
    const failing = ['PUT', 'POST'].map((method) =>
      failureOf(upload(peer.url, large, { dispatcher, method })),
    )
    await Promise.all(asked.map(({ raised }) => raised))
    await dispatcher.destroy()
    const failures = await Promise.all(failing)
    for (const error of failures) expect(error).to.be.instanceOf(errors.ClientDestroyedError)
    const methods = failures.map((error) => reportOf(error)?.attempts[0]?.method)
    expect(methods).to.deep.equal(['PUT', 'POST'])
  })

  it('is its own for each of several uploads that undici fails with one error', async () => {
    const asked = signal()
    const peer = await origin(async (wire) => {
      await wire.head()
      asked.raise()
      await wire.closed()
    })
    const own = new Agent({ factory: gatedPool, connections: 1 })
    const plain = new Agent({ connections: 1, pipelining: 10 })
    closeLater(() => plain.destroy())
    const rows = [
      [own.compose(expectContinue({ continueTimeout: 60_000 })), peer.url, 'UND_ERR_DESTROYED'],
      [plain.compose(expectContinue({ expect: 'never' })), await unusedUrl(), 'ECONNREFUSED'],
    ] as const
    const failing = rows.map(([dispatcher, url]) =>
      ['PUT', 'POST', 'PATCH'].map((method) =>
        failureOf(upload(url, large, { dispatcher, method })),
      ),
    )
    await asked.raised
    await own.destroy()
    for (const [at, [, , code]] of rows.entries()) {
      const failures = await Promise.all(failing[at] ?? [])
      for (const error of failures) expect(error).to.have.property('code', code)
      const methods = failures.map((error) => reportOf(error)?.attempts[0]?.method)
      expect(methods).to.deep.equal(['PUT', 'POST', 'PATCH'])
    }
  })

  it('includes all attempts', async () => {
    const peer = await origin(
      async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 417 No', 'Content-Length: 0')
      },
      async (wire) => {
        await wire.head()
        wire.reset()
      },
    )
    const source = (async function* () {
      yield small
      await never
    })()
    const error = await failureOf(upload(peer.url, source, { dispatcher: agentFor() }))
    const attempts = reportOf(error)?.attempts.map(({ reason, status }) => [reason, status])
    expect(attempts).to.deep.equal([
      ['first', 417],
      ['replay', null],
    ])
  })

  it('exists for a fetch without a body', async () => {
    const error = await failureOf(fetch(await unusedUrl(), { dispatcher: agentFor({ retry: 1 }) }))
    expect(reportOf(error)?.attempts).to.have.lengthOf(2)
    const reason = new Error('no')
    const ending = AbortSignal.abort(reason)
    const aborted = await failureOf(fetch(await unusedUrl(), { signal: ending }))
    expect(aborted).to.equal(reason)
    expect(reportOf(aborted)?.attempts).to.deep.equal([])
  })

  it('exists for undici’s request, and for an adapter', async () => {
    const url = await unusedUrl()
    const dispatcher = agentFor()
    const error = await failureOf(request(url, { method: 'PUT', body: large, dispatcher }))
    expect(reportOf(error)).to.include({ reason: 'threshold' })
    const stack = expectHttpStack({ dispatcher })
    const failed = await failureOf(stack.createRequest('PUT', url).send('x'))
    expect(reportOf(failed)).to.include({ reason: 'below-threshold' })
  })

  it('exists for response content that breaks off', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 403 No', 'Content-Length: 10')
      wire.raw('abc')
      await read.raised
      wire.reset()
    })
    const read = signal()
    const { response, report } = await upload(peer.url, large, { dispatcher: agentFor() })
    read.raise()
    const error = await failureOf(response.text())
    expect(reportOf(error)?.outcome).to.equal('refused').and.equal(report.outcome)
  })

  it('is undefined for wrong arguments, and for other values', async () => {
    const called = await failureOf(upload('http://127.0.0.1/', 'x', { colour: 'red' } as object))
    expect(called).to.be.instanceOf(TypeError)
    for (const other of [called, new Error('x'), {}, null, undefined, 'x', 5, new Response()]) {
      expect(reportOf(other)).to.equal(undefined)
    }
  })

  it('does not change a frozen error', async () => {
    const reason = Object.freeze(new Error('frozen'))
    const own = { signal: AbortSignal.abort(reason) }
    const error = await failureOf(upload(await unusedUrl(), large, own))
    expect(error).to.equal(reason)
    expect(reportOf(error)).to.include({ sentBytes: 0 })
  })
})
