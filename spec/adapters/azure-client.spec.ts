import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import {
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  type PipelineRequestOptions,
} from '@azure/core-rest-pipeline'
import { expect } from 'chai'
import { expectHttpClient } from '../../lib/adapters/azure.ts'
import type { AdapterOptions } from '../../lib/adapters/sender.ts'
import { blobClient } from '../support/adapters-azure.ts'
import { content, fileStream, waitFor } from '../support/adapters-content.ts'
import { muteOrigin } from '../support/adapters-mute.ts'
import { closeLater } from '../support/closing.ts'
import { openOrigin, silentOrigin } from '../support/open-origin.ts'
import { origin as scriptedOrigin } from '../support/origin.ts'

function client(options: AdapterOptions = {}): ReturnType<typeof expectHttpClient> {
  const made = expectHttpClient({ memory: false, ...waitFor(), ...options })
  closeLater(() => made.destroy())
  return made
}

function request(
  url: string,
  options: Partial<PipelineRequestOptions> = {},
): ReturnType<typeof createPipelineRequest> {
  return createPipelineRequest({ url, allowInsecureConnection: true, ...options })
}

async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => new Error('nothing failed'),
    (error) => error,
  )
}

describe('ExpectHttpClient', () => {
  it('returns the text, and header fields in any case', async () => {
    const origin = await openOrigin({
      response: { status: 200, headers: { 'x-ms-version': '1' }, body: 'text' },
    })
    const asked = request(`${origin.url}/a?b=c`)

    const response = await client().sendRequest(asked)

    expect(response).to.include({ request: asked, status: 200, bodyAsText: 'text' })
    expect(response.headers.get('X-MS-Version')).to.equal('1')
    expect(origin.requests[0]?.path).to.equal('/a?b=c')
  })

  for (const status of [200, Number.POSITIVE_INFINITY]) {
    it(`returns a stream if ${status} is one of the stream status codes`, async () => {
      const origin = await openOrigin({ response: { status: 200, body: 'text' } })
      const asked = request(origin.url, { streamResponseStatusCodes: new Set([status]) })

      const { bodyAsText, readableStreamBody } = await client().sendRequest(asked)

      expect(bodyAsText).to.equal(undefined)
      expect(Buffer.concat((await readableStreamBody?.toArray()) ?? []).toString()).to.equal('text')
    })
  }

  it('decodes a gzip response', async () => {
    const body = gzipSync('text')
    const headers = { 'content-encoding': 'gzip' }
    const origin = await openOrigin({ response: { status: 200, headers, body } })
    const asked = request(origin.url, {
      headers: createHttpHeaders({ 'Accept-Encoding': 'gzip,deflate' }),
    })

    const { bodyAsText } = await client().sendRequest(asked)

    expect(bodyAsText).to.equal('text')
  })

  for (const streamResponseStatusCodes of [new Set<number>(), new Set([200])]) {
    const wanted = [...streamResponseStatusCodes]
    it(`returns neither text nor a stream for a HEAD, with stream status codes [${wanted}]`, async () => {
      const headers = { 'content-length': '4' }
      const origin = await openOrigin({ response: { status: 200, headers } })
      const asked = request(origin.url, { method: 'HEAD', streamResponseStatusCodes })

      const response = await client().sendRequest(asked)

      expect(response).not.to.have.any.keys('bodyAsText', 'readableStreamBody')
      expect(response.headers.get('content-length')).to.equal('4')
    })
  }

  it('joins repeated header fields, and returns the first Set-Cookie', async () => {
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      wire.send(
        'HTTP/1.1 200 OK',
        'X-A: 1',
        'X-A: 2',
        'Set-Cookie: a=1',
        'Set-Cookie: b=2',
        'Content-Length: 0',
      )
    })

    const { headers } = await client().sendRequest(request(peer.url))

    expect([headers.get('x-a'), headers.get('set-cookie')]).to.deep.equal(['1, 2', 'a=1'])
    await peer.done
  })

  for (const disableKeepAlive of [true, false]) {
    it(`closes the connection or keeps it open, with disableKeepAlive: ${disableKeepAlive}`, async () => {
      const origin = await openOrigin()

      await client().sendRequest(request(origin.url, { disableKeepAlive }))

      const wanted = disableKeepAlive ? 'close' : 'keep-alive'
      expect(origin.requests[0]?.headers.connection).to.equal(wanted)
    })
  }

  it('reports progress of the upload and of the download', async () => {
    const origin = await openOrigin({ response: { status: 200, body: 'text' } })
    const up: number[] = []
    const down: number[] = []
    const asked = request(origin.url, {
      method: 'PUT',
      body: content,
      onUploadProgress: ({ loadedBytes }) => up.push(loadedBytes),
      onDownloadProgress: ({ loadedBytes }) => down.push(loadedBytes),
    })

    await client().sendRequest(asked)

    expect(up.at(-1)).to.equal(content.length)
    expect(up).to.deep.equal([...new Set(up)].sort((a, b) => a - b))
    expect(up).not.to.include(0)
    expect(down.at(-1)).to.equal(4)
  })

  it('rejects with an AbortError when it is aborted, and cancels the content', async () => {
    const { origin, asked } = await silentOrigin()
    const controller = new AbortController()
    const body = fileStream()
    const upload = blobClient(origin).upload(body, content.length, {
      abortSignal: controller.signal,
    })

    const answer = failure(upload)
    await asked
    controller.abort()

    expect((await answer).name).to.equal('AbortError')
    expect(body.destroyed).to.equal(true)
    expect(origin.requests[0]?.bytes).to.equal(0)
  })

  it('rejects with an AbortError after its timeout', async () => {
    const peer = await muteOrigin()

    const error = await failure(client().sendRequest(request(peer.url, { timeout: 20 })))

    expect(error.name).to.equal('AbortError')
    await peer.allClosed()
  })

  it('rejects with a RestError that does not print the request', async () => {
    const origin = await openOrigin()
    await origin.close()
    const asked = request(origin.url)

    const error = await failure(client().sendRequest(asked))

    expect(isRestError(error)).to.equal(true)
    expect(error).to.have.property('code', 'ECONNREFUSED')
    expect(error).to.have.property('request', asked)
    expect(Object.keys(error)).to.not.include('request')
  })

  it('rejects with a RestError when a response that is read as text breaks off', async () => {
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 200 OK', 'Content-Length: 10')
      wire.raw('text')
      wire.end()
    })

    const error = await failure(client().sendRequest(request(peer.url)))

    expect(error).to.include({ name: 'RestError', code: 'PARSE_ERROR' })
    expect(error.message).to.match(/^Error reading response as text: ./)
    await peer.done
  })

  it('rejects with an AbortError when it is aborted while a response is read as text', async () => {
    const controller = new AbortController()
    const { signal: abortSignal } = controller
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 200 OK', 'Content-Length: 10')
      wire.raw('text')
      await wire.closed()
    })
    const onDownloadProgress = (): void => controller.abort()
    const asked = request(peer.url, { abortSignal, onDownloadProgress })

    const error = await failure(client().sendRequest(asked))

    expect(error.name).to.equal('AbortError')
    await peer.done
  })

  it('rejects with a retryable RestError when the content ends too early', async () => {
    const origin = await openOrigin()
    const body = new PassThrough()
    const asked = request(origin.url, { method: 'PUT', body })

    const answer = failure(client().sendRequest(asked))
    body.write('text')
    setImmediate(() => body.destroy())

    expect(await answer).to.include({ name: 'RestError', code: 'REQUEST_SEND_ERROR' })
    expect(origin.requests.every(({ sha256 }) => sha256 === '')).to.equal(true)
  })

  it('sends nothing without TLS unless that is allowed', async () => {
    const origin = await openOrigin()

    const error = await failure(
      client().sendRequest(request(origin.url, { allowInsecureConnection: false })),
    )

    expect(error.message).to.match(/allowInsecureConnection/)
    expect(origin.connections).to.equal(0)
  })

  it('rejects an unknown option', () => {
    expect(() => expectHttpClient({ treshold: 5 } as AdapterOptions)).to.throw(
      TypeError,
      'treshold',
    )
  })
})
