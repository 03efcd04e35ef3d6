import { expect } from 'chai'
import { failure, handlerWith, requestTo } from '../support/adapters-aws.ts'
import { muteOrigin } from '../support/adapters-mute.ts'
import { quiet } from '../support/adapters-s3.ts'
import { origin as scriptedOrigin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'

describe('ExpectHandler', () => {
  const slow = { requestTimeout: 20, throwOnRequestTimeout: true }

  it('rejects with a TimeoutError when no answer comes in time, where that is to be thrown', async () => {
    const peer = await muteOrigin()

    const error = await failure(handlerWith(slow).handle(requestTo(peer, { body: 'x' })))

    expect(error).to.include({ name: 'TimeoutError', code: 'ETIMEDOUT' })
    await peer.left()
  })

  it('takes the request timeout of a single request', async () => {
    const peer = await muteOrigin()
    const handler = handlerWith({ ...slow, requestTimeout: 0 })

    const error = await failure(handler.handle(requestTo(peer), { requestTimeout: 20 }))

    expect(error.name).to.equal('TimeoutError')
    await peer.left()
  })

  it("only warns when no answer comes in time, as the SDK's own handler", async () => {
    const warned = signal()
    const warnings: string[] = []
    const logger = {
      ...quiet,
      warn: (text: string) => {
        warnings.push(text)
        warned.raise()
      },
    }
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      await warned.raised
      wire.send('HTTP/1.1 200 OK', 'Content-Length: 0')
    })
    const handler = handlerWith({ requestTimeout: 20, logger })

    const { response } = await handler.handle(requestTo({ url: new URL(peer.url).origin }))

    response.body.resume()
    expect(response.statusCode).to.equal(200)
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/requestTimeout of 20 ms.*throwOnRequestTimeout/)
    await peer.done
  })

  it("warns with the SDK's logger where it has none of its own", async () => {
    const warned = signal()
    const peer = await muteOrigin()
    const handler = handlerWith({ requestTimeout: 20 })
    handler.updateHttpClientConfig(Symbol.for('logger'), { ...quiet, warn: () => warned.raise() })
    const controller = new AbortController()

    const { signal: abortSignal } = controller
    const answer = failure(handler.handle(requestTo(peer), { abortSignal }))
    await warned.raised
    controller.abort()

    expect((await answer).name).to.equal('AbortError')
    expect(handler.httpHandlerConfigs()).to.have.property('logger')
    await peer.left()
  })

  it('rejects with a TimeoutError when the connection is silent for too long', async () => {
    const peer = await muteOrigin()

    const error = await failure(handlerWith({ socketTimeout: 20 }).handle(requestTo(peer)))

    expect(error).to.include({ name: 'TimeoutError', code: 'UND_ERR_HEADERS_TIMEOUT' })
    await peer.left()
  })

  it('rejects with a TimeoutError when no connection is made in time', async () => {
    // The TLS handshake, which nobody answers, is a part of it.
    const peer = await muteOrigin()
    const handler = handlerWith({ connectionTimeout: 20 })
    const request = { ...requestTo(peer), protocol: 'https:' }

    const error = await failure(handler.handle(request))

    expect(error).to.include({ name: 'TimeoutError', code: 'UND_ERR_CONNECT_TIMEOUT' })
    await peer.left()
  })

  it('takes timeouts that are changed later', async () => {
    const peer = await muteOrigin()
    const handler = handlerWith()

    handler.updateHttpClientConfig('requestTimeout', 20)
    handler.updateHttpClientConfig('throwOnRequestTimeout', true)
    const error = await failure(handler.handle(requestTo(peer)))

    expect(error).to.include({ name: 'TimeoutError', code: 'ETIMEDOUT' })
    expect(handler.httpHandlerConfigs()).to.include({ requestTimeout: 20 })
    await peer.left()
  })

  it('calls a connection that was reset a TimeoutError, which the SDK tries again', async () => {
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      wire.reset()
    })
    const { hostname, port } = new URL(peer.url)
    const where = { protocol: 'http:', hostname, port: Number(port), path: '/', headers: {} }

    const error = await failure(handlerWith().handle({ ...where, method: 'GET' }))

    expect(error.name).to.equal('TimeoutError')
    await peer.done
  })
})
