import type { ReadStream } from 'node:fs'
import { expect } from 'chai'
import { type DetailedError, Upload, type UploadOptions } from 'tus-js-client'
import { expectHttpStack } from '../../lib/adapters/tus.ts'
import type { OriginMode, SeenRequest, TestOrigin } from '../../lib/testing/index.ts'
import {
  completeUpload,
  content,
  digest,
  fileStream,
  headOnly,
  waitFor,
} from '../support/adapters-content.ts'
import { closeLater } from '../support/closing.ts'
import { openOrigin } from '../support/open-origin.ts'
import { origin as scriptedOrigin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'

/** An origin that speaks tus: creation, then content. The mode applies to requests with content. */
async function tusOrigin(
  mode: OriginMode | ((request: SeenRequest) => OriginMode),
): Promise<TestOrigin> {
  const of = typeof mode === 'function' ? mode : () => mode
  return openOrigin({
    mode: (request) => (request.method === 'PATCH' ? of(request) : 'go'),
    response: ({ method, bytes, headers }) => {
      if (method === 'POST') return { status: 201, headers: { location: '/files/1' } }
      if (method === 'HEAD') {
        const fields = { 'upload-offset': '0', 'upload-length': String(content.length) }
        return { status: 200, headers: fields }
      }
      const offset = Number(headers['upload-offset']) + bytes
      return { status: 204, headers: { 'upload-offset': String(offset) } }
    },
  })
}

/** Uploads, and resolves when tus-js-client calls onSuccess. */
function uploaded(
  origin: TestOrigin,
  file: Buffer | ReadStream,
  options: UploadOptions = {},
  mode?: OriginMode,
): Promise<void> {
  const httpStack = expectHttpStack({ memory: false, ...waitFor(mode) })
  closeLater(() => httpStack.destroy())
  return new Promise((resolve, reject) => {
    // The types of the client do not accept streams, but its manual does.
    const upload = new Upload(file as Buffer, {
      endpoint: `${origin.url}/files`,
      httpStack,
      retryDelays: null,
      onSuccess: () => resolve(),
      onError: reject,
      ...options,
    })
    upload.start()
  })
}

const patches = (origin: TestOrigin): readonly unknown[] =>
  origin.requests
    .filter(({ method }) => method === 'PATCH')
    .map(({ asked, bytes, sha256 }) => [asked, bytes, sha256])

const inputs = { 'a buffer': () => content, 'a file stream': fileStream }

const accepted: readonly (readonly [string, OriginMode, readonly unknown[]])[] = [
  ['sends a 100', 'go', [completeUpload(true)]],
  ['is silent', 'silent', [completeUpload(true)]],
  ['answers 417', 417, [headOnly, completeUpload(false)]],
]

const refusals: readonly (readonly [string, OriginMode, number])[] = [
  ['413', 413, 413],
  ['a redirect', { status: 307, headers: { location: '/elsewhere' } }, 307],
]

describe('expectHttpStack with tus-js-client', () => {
  for (const [name, make] of Object.entries(inputs)) {
    for (const [what, mode, seen] of accepted) {
      it(`uploads ${name} when the origin ${what}`, async () => {
        const origin = await tusOrigin(mode)

        await uploaded(origin, make(), {}, mode)

        expect(patches(origin)).to.deep.equal(seen)
      })
    }

    for (const [what, mode, status] of refusals) {
      it(`returns ${what} before a byte of ${name} was sent`, async () => {
        const origin = await tusOrigin(mode)

        const error = (await uploaded(origin, make()).catch((reason) => reason)) as DetailedError

        expect(error.originalResponse?.getStatus()).to.equal(status)
        expect(patches(origin)).to.deep.equal([headOnly])
      })
    }

    it(`retries with ${name} after a 503`, async () => {
      let refused = false
      const origin = await tusOrigin(() => {
        if (refused) return 'go'
        refused = true
        return 503
      })

      await uploaded(origin, make(), { retryDelays: [0] })

      expect(patches(origin)).to.deep.equal([headOnly, completeUpload(true)])
    })
  }

  it('uploads in several requests', async () => {
    const origin = await tusOrigin('go')

    await uploaded(origin, fileStream(), { chunkSize: 1_200_000 })

    expect(origin.requests.map(({ bytes, asked }) => [bytes, asked])).to.deep.equal([
      [0, false],
      [1_200_000, true],
      [300_000, false],
    ])
  })

  it('uploads with the creation request', async () => {
    const origin = await openOrigin({
      response: ({ bytes }) => ({
        status: 201,
        headers: { location: '/files/1', 'upload-offset': String(bytes) },
      }),
    })

    await uploaded(origin, content, { uploadDataDuringCreation: true })

    expect(origin.requests.map(({ method, sha256 }) => [method, sha256])).to.deep.equal([
      ['POST', digest],
    ])
  })

  it('reports progress', async () => {
    const origin = await tusOrigin('go')
    const reported: number[] = []

    await uploaded(origin, content, { onProgress: (sent) => reported.push(sent) })

    expect(reported).to.deep.equal(reported.toSorted((a, b) => a - b))
    expect(reported.at(-1)).to.equal(content.length)
  })
})

describe('expectHttpStack', () => {
  it('has a name, and requests with their method, URL and header fields', () => {
    const stack = expectHttpStack()
    const request = stack.createRequest('PATCH', 'http://127.0.0.1/files/1')

    request.setHeader('Upload-Offset', '5')

    expect(stack.getName()).to.equal('ExpectHttpStack')
    expect([request.getMethod(), request.getURL()]).to.deep.equal([
      'PATCH',
      'http://127.0.0.1/files/1',
    ])
    expect(request.getHeader('Upload-Offset')).to.equal('5')
  })

  it('returns status, header fields and text', async () => {
    const headers = { 'x-a': '1' }
    const origin = await openOrigin({ response: { status: 200, headers, body: 'text' } })
    const stack = expectHttpStack()
    closeLater(() => stack.destroy())

    const response = await stack.createRequest('GET', `${origin.url}/a?b=c`).send()

    expect([response.getStatus(), response.getHeader('X-A'), response.getBody()]).to.deep.equal([
      200,
      '1',
      'text',
    ])
    expect(origin.requests[0]?.path).to.equal('/a?b=c')
  })

  const credentials = [
    ['me%40home:p%3A', 'me@home:p:'],
    ['me', 'me:'],
    ['100%:p', '100%:p'],
  ] as const

  for (const [userinfo, plain] of credentials) {
    it(`takes credentials from a URL with ${userinfo}`, async () => {
      const origin = await openOrigin()
      const stack = expectHttpStack()
      closeLater(() => stack.destroy())

      await stack.createRequest('GET', origin.url.replace('//', `//${userinfo}@`)).send()

      const expected = `Basic ${Buffer.from(plain).toString('base64')}`
      expect(origin.requests[0]?.headers.authorization).to.equal(expected)
    })
  }

  it('prefers an Authorization of the client to the credentials of a URL', async () => {
    const origin = await openOrigin()
    const stack = expectHttpStack()
    closeLater(() => stack.destroy())
    const request = stack.createRequest('GET', origin.url.replace('//', '//me@'))

    request.setHeader('Authorization', 'Bearer token')
    await request.send()

    expect(origin.requests[0]?.headers.authorization).to.equal('Bearer token')
  })

  it('returns the first of repeated fields', async () => {
    const peer = await scriptedOrigin(async (wire) => {
      await wire.head()
      wire.send(
        'HTTP/1.1 200 OK',
        'X-A: 1',
        'X-A: 2',
        'Location: /1',
        'Location: /2',
        'Content-Length: 0',
      )
    })
    const stack = expectHttpStack()
    closeLater(() => stack.destroy())

    const response = await stack.createRequest('HEAD', peer.url).send()

    expect([response.getHeader('X-A'), response.getHeader('Location')]).to.eql(['1, 2', '/1'])
    await peer.done
  })

  it('aborts a request, and cancels its content', async () => {
    const asked = signal()
    const origin = await tusOrigin(() => {
      asked.raise()
      return 'silent'
    })
    const stack = expectHttpStack({ memory: false, ...waitFor() })
    closeLater(() => stack.destroy())
    const request = stack.createRequest('PATCH', origin.url)
    const body = fileStream()

    const answer = request.send(body).catch((error: Error) => error)
    await asked.raised
    await request.abort()

    expect(await answer).to.have.property('name', 'AbortError')
    expect(body.destroyed).to.equal(true)
    expect(origin.requests[0]?.bytes).to.equal(0)
  })

  it('rejects an unknown option', () => {
    expect(() => expectHttpStack({ treshold: 5 } as object)).to.throw(TypeError, 'treshold')
  })
})
