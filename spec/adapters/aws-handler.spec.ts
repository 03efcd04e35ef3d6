import { Readable } from 'node:stream'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { Agent } from 'undici'
import { type AwsRequest, expectHandler } from '../../lib/adapters/aws.ts'
import { gatedPool } from '../../lib/index.ts'
import { failure, handlerWith, requestTo } from '../support/adapters-aws.ts'
import {
  content,
  fileStream,
  startedOrigin,
  uploadsOf,
  whole,
} from '../support/adapters-content.ts'
import { s3Client } from '../support/adapters-s3.ts'
import { closeLater } from '../support/closing.ts'
import { origin as scriptedOrigin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'
import type { Wire } from '../support/wire.ts'

describe('ExpectHandler', () => {
  const queries: readonly (readonly [Partial<AwsRequest>, string])[] = [
    [{ query: { b: '2', a: ['1', 'x y'], c: null, d: '' } }, '/a?a=1&a=x%20y&b=2&c&d='],
    [{ query: { "k'()*!": '/?' } }, '/a?k%27%28%29%2A%21=%2F%3F'],
    [{ path: '/a/../b//c' }, '/a/../b//c'],
    [{ query: { a: '1' }, fragment: 'end' }, '/a?a=1#end'],
  ]

  for (const [parts, path] of queries) {
    it(`asks for ${path}`, async () => {
      const peer = await scriptedOrigin(async (wire) => {
        expect((await wire.head()).split(' ')[1]).to.equal(path)
        wire.send('HTTP/1.1 200 OK', 'Content-Length: 0')
      })
      const { hostname, port } = new URL(peer.url)
      const where = { protocol: 'http:', hostname, port: Number(port), headers: {} }

      const { response } = await handlerWith().handle({
        ...where,
        method: 'GET',
        path: '/a',
        ...parts,
      })

      response.body.resume()
      await peer.done
    })
  }

  const bodies: readonly (readonly [string, () => unknown, string])[] = [
    ['a string', () => 'h\u00e9', 'h\u00e9'],
    ['bytes', () => new Uint8Array([97, 98]), 'ab'],
    ['a Readable', () => Readable.from([Buffer.from('ab')]), 'ab'],
    ['nothing', () => undefined, ''],
  ]

  for (const [name, body, text] of bodies) {
    it(`sends ${name}`, async () => {
      const origin = await startedOrigin({ keepContent: true })

      const { response } = await handlerWith().handle(requestTo(origin, { body: body() }))

      response.body.resume()
      expect(response.statusCode).to.equal(201)
      expect(origin.requests[0]?.content.toString()).to.equal(text)
      expect(origin.requests[0]?.headers['content-type']).to.equal(undefined)
    })
  }

  it('answers a Readable, and header fields as strings', async () => {
    const headers = { 'x-a': '1', 'set-cookie': 'a=1' }
    const origin = await startedOrigin({ response: { status: 200, headers, body: 'text' } })

    const { response } = await handlerWith().handle(requestTo(origin, { method: 'GET' }))

    expect(response.body).to.be.instanceOf(Readable)
    expect(Buffer.concat(await response.body.toArray()).toString()).to.equal('text')
    expect(response.headers).to.include(headers)
  })

  it('turns a user name and a password into basic credentials', async () => {
    const origin = await startedOrigin()
    const request = requestTo(origin, { username: 'me', password: 'p' })

    const { response } = await handlerWith().handle(request)

    response.body.resume()
    expect(origin.requests[0]?.headers.authorization).to.equal('Basic bWU6cA==')
  })

  it('joins fields that come more than once, as node:http does', async () => {
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      wire.send(
        'HTTP/1.1 200 OK',
        'X-A: 1',
        'X-A: 2',
        'Set-Cookie: a=1',
        'Set-Cookie: b=2',
        'ETag: "1"',
        'ETag: "2"',
        'Content-Length: 0',
      )
    })

    const request = requestTo({ url: new URL(peer.url).origin })
    const { response } = await handlerWith().handle(request)

    response.body.resume()
    expect(response.headers).to.include({ 'x-a': '1, 2', 'set-cookie': 'a=1,b=2', etag: '"1"' })
    await peer.done
  })

  it("rejects with an AbortError when the SDK's own signal says so", async () => {
    const asked = signal()
    const origin = await startedOrigin({
      mode: () => {
        asked.raise()
        return 'silent'
      },
    })
    const abortSignal: { aborted: boolean; onabort: (() => void) | null } = {
      aborted: false,
      onabort: null,
    }
    const body = fileStream()

    const answer = failure(handlerWith().handle(requestTo(origin, { body }), { abortSignal }))
    await asked.raised
    abortSignal.onabort?.()

    expect((await answer).name).to.equal('AbortError')
    expect(body.destroyed).to.equal(true)
    expect(origin.requests[0]?.bytes).to.equal(0)
  })

  it("rejects with an AbortError when the platform's signal says so", async () => {
    const asked = signal()
    const origin = await startedOrigin({
      mode: () => {
        asked.raise()
        return 'silent'
      },
    })
    const controller = new AbortController()
    const command = new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: content })

    const answer = failure(
      s3Client(origin).send(command, { abortSignal: controller.signal }) as Promise<unknown>,
    )
    await asked.raised
    controller.abort(new Error('enough'))

    expect((await answer).name).to.equal('AbortError')
  })

  it('sends nothing when the signal was aborted before', async () => {
    const origin = await startedOrigin()
    const abortSignal = AbortSignal.abort()

    const error = await failure(handlerWith().handle(requestTo(origin), { abortSignal }))

    expect(error.name).to.equal('AbortError')
    expect(origin.connections).to.equal(0)
  })

  it('closes its connections when it is destroyed, and makes new ones afterwards', async () => {
    const closed = signal()
    const answer = async (wire: Wire): Promise<void> => {
      await wire.head()
      wire.send('HTTP/1.1 200 OK', 'Content-Length: 0')
    }
    const peer = await scriptedOrigin(async (wire) => {
      await answer(wire)
      await wire.closed()
      closed.raise()
    }, answer)
    const { hostname, port } = new URL(peer.url)
    const where = { protocol: 'http:', hostname, port: Number(port), path: '/', headers: {} }
    const handler = handlerWith()
    const { response } = await handler.handle({ ...where, method: 'GET' })
    await response.body.toArray()

    handler.destroy()

    await closed.raised
    const again = await handler.handle({ ...where, method: 'GET' })
    await again.response.body.toArray()
    expect(again.response.statusCode).to.equal(200)
    await peer.done
  })

  it('leaves a dispatcher that was passed open', async () => {
    const origin = await startedOrigin()
    const dispatcher = new Agent({ factory: gatedPool })
    closeLater(() => dispatcher.destroy())
    const handler = expectHandler({ dispatcher, memory: false })

    handler.destroy()
    const { response } = await handler.handle(requestTo(origin, { body: content }))

    response.body.resume()
    expect(dispatcher.destroyed).to.equal(false)
    expect(uploadsOf(origin)).to.deep.equal([whole(true)])
  })

  it('reads objects', async () => {
    const origin = await startedOrigin({ response: { status: 200, body: 'object' } })

    const { Body } = await s3Client(origin).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))

    expect(await Body?.transformToString()).to.equal('object')
  })

  const wrong: readonly (readonly [string, object])[] = [
    ['requestTimeout', { requestTimeout: -1 }],
    ['socketTimeout', { socketTimeout: Number.NaN }],
    ['throwOnRequestTimeout', { throwOnRequestTimeout: 1 }],
    ['logger', { logger: {} }],
    ['connectionTimeout', { connectionTimeout: 5, dispatcher: new Agent() }],
    ['treshold', { treshold: 5 }],
    ['threshold', { threshold: -5 }],
  ]

  for (const [name, options] of wrong) {
    it(`refuses a ${name} that cannot be used`, () => {
      expect(() => expectHandler(options)).to.throw(TypeError, `'${name}'`)
    })
  }
})
