import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import axios, { type AxiosInstance } from 'axios'
import { expect } from 'chai'
import { type CreateFetchOptions, createFetch, type Progress } from '../../lib/index.ts'
import {
  completeUpload,
  content,
  fileStream,
  headOnly,
  uploadsOf,
  waitFor,
} from '../support/adapters-content.ts'
import { muteOrigin } from '../support/adapters-mute.ts'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'
import { agentFor } from '../support/faces.ts'
import { bytes, halves } from '../support/inputs.ts'
import { openOrigin, silentOrigin } from '../support/open-origin.ts'
import { PushingForm } from '../support/piped.ts'

/** Without a Request class, axios passes the URL and the body to fetch unchanged. */
const withoutRequest = (fetch: Upload['fetch']): object => ({ fetch, Request: null })

const put = (upload: Upload, data: unknown, env: object): Promise<number> =>
  statusOf(axios.put(upload.url, data, { adapter: 'fetch', env }))

const plain = (upload: Upload, data: unknown): Promise<number> =>
  put(upload, data, withoutRequest(upload.fetch))

describeClient('axios with its fetch adapter', {
  'a file stream': (upload) => plain(upload, createReadStream(upload.path)),
  'a buffer': (upload) => plain(upload, upload.bytes),
  'a Blob': (upload) => plain(upload, new Blob([upload.bytes])),
  'a file stream in a Request': (upload) =>
    put(upload, createReadStream(upload.path), { fetch: upload.fetch }),
  'a buffer in a Request': (upload) => put(upload, upload.bytes, { fetch: upload.fetch }),
})

/** axios uses the url-encoded type for any other form. */
async function putForm({ url, fetch, bytes }: Upload): Promise<number> {
  const data = new FormData()
  data.set('file', new Blob([bytes]))
  return statusOf(axios.putForm(url, data, { adapter: 'fetch', env: withoutRequest(fetch) }))
}

describeClient('axios with its fetch adapter', { 'a form': putForm }, { field: 'file' })

/** An axios instance whose connections are closed after the spec. */
function client(options: CreateFetchOptions = {}): AxiosInstance {
  const fetch = createFetch({ dispatcher: agentFor(waitFor()), ...options })
  return axios.create({ adapter: 'fetch', env: withoutRequest(fetch) })
}

const json = { headers: { 'content-type': 'application/json' }, body: '{"a":1}' }

describe('axios with its fetch adapter', () => {
  it('keeps the length of a file stream', async () => {
    const origin = await openOrigin()

    await client().put(origin.url, fileStream())

    expect(origin.requests[0]?.headers['content-length']).to.equal(String(content.length))
  })

  it('sends a form of the package form-data', async () => {
    const origin = await openOrigin({ keepContent: true })

    await client().post(origin.url, new PushingForm(halves, bytes.length))

    const [request] = origin.requests
    expect(request?.headers['content-type']).to.equal('multipart/form-data; boundary=edge')
    expect(request?.content).to.deep.equal(bytes)
  })

  it('accepts options for one request in fetchOptions', async () => {
    const origin = await openOrigin()

    await client().put(origin.url, 'x', { fetchOptions: { expect: 'always' } })

    expect(origin.requests[0]?.asked).to.equal(true)
  })

  it('rejects with a 413 and its parsed content', async () => {
    const origin = await openOrigin({ mode: { status: 413, ...json } })

    const error = await client()
      .put(origin.url, content)
      .catch((reason) => reason)

    expect(error).to.include({ isAxiosError: true, status: 413, code: 'ERR_BAD_REQUEST' })
    expect(error.response.data).to.deep.equal({ a: 1 })
    expect(uploadsOf(origin)).to.deep.equal([headOnly])
  })

  it('follows a redirect to another origin, but not with credentials', async () => {
    const second = await openOrigin()
    const location = `${second.url}/second`
    const first = await openOrigin({ mode: { status: 307, headers: { location } } })

    await client().put(first.url, fileStream(), { auth: { username: 'me', password: 'p' } })

    expect(uploadsOf(first)).to.deep.equal([headOnly])
    expect(uploadsOf(second)).to.deep.equal([completeUpload(true)])
    expect(first.requests[0]?.headers.authorization).to.equal('Basic bWU6cA==')
    expect(second.requests[0]?.headers.authorization).to.equal(undefined)
  })

  it('returns a redirect with maxRedirects: 0', async () => {
    const origin = await openOrigin({ mode: { status: 307, headers: { location: '/second' } } })
    const config = { maxRedirects: 0, validateStatus: null }

    const { status, headers } = await client().put(origin.url, fileStream(), config)

    expect([status, headers.location]).to.deep.equal([307, '/second'])
    expect(uploadsOf(origin)).to.deep.equal([headOnly])
  })

  it("returns a web stream with responseType: 'stream'", async () => {
    const origin = await openOrigin({ response: { status: 200, ...json } })

    const { data } = await client().get<ReadableStream>(origin.url, { responseType: 'stream' })

    const chunks = await Readable.fromWeb(data).toArray()
    expect(Buffer.concat(chunks).toString()).to.equal(json.body)
  })

  it('has the error of the connection as its cause', async () => {
    const origin = await openOrigin()
    await origin.close()

    const error = await client()
      .put(origin.url, content)
      .catch((reason) => reason)

    expect(error).to.include({ isAxiosError: true, code: 'ERR_NETWORK' })
    expect(error.cause).to.include({ code: 'ECONNREFUSED' })
  })

  it('cancels the content when it is cancelled', async () => {
    const { origin, asked } = await silentOrigin()
    const controller = new AbortController()
    const body = fileStream()

    const answer = client()
      .put(origin.url, body, { signal: controller.signal })
      .catch((reason) => reason)
    await asked
    controller.abort()

    expect(axios.isCancel(await answer)).to.equal(true)
    expect(body.destroyed).to.equal(true)
    expect(origin.requests[0]?.bytes).to.equal(0)
  })

  it('cancels the content after its timeout', async () => {
    const peer = await muteOrigin()
    const body = fileStream()

    const error = await client()
      .put(peer.url, body, { timeout: 20 })
      .catch((reason) => reason)

    expect(error).to.include({ isAxiosError: true, code: 'ETIMEDOUT' })
    expect(body.destroyed).to.equal(true)
    await peer.allClosed()
  })
})

describe('the progress of axios with its fetch adapter', () => {
  const bodies = { 'a buffer': () => content, 'a file stream': fileStream }

  for (const [name, make] of Object.entries(bodies)) {
    it(`is reported to onProgress in fetchOptions for ${name}`, async () => {
      const origin = await openOrigin()
      const told: Progress[] = []
      const onProgress = (progress: Progress): unknown => told.push(progress)

      await client().put(origin.url, make(), { fetchOptions: { onProgress } })

      expect(told.at(-1)).to.include({ sent: content.length, total: content.length })
    })

    it(`is reported to onProgress of createFetch for ${name}`, async () => {
      const origin = await openOrigin()
      const told: Progress[] = []
      const onProgress = (progress: Progress): unknown => told.push(progress)

      await client({ onProgress }).put(origin.url, make())

      expect(told.at(-1)).to.include({ sent: content.length, total: content.length })
    })

    it(`is not reported to onUploadProgress for ${name}`, async () => {
      const origin = await openOrigin()
      let told = 0
      const onUploadProgress = (): void => {
        told += 1
      }

      await client().put(origin.url, make(), { onUploadProgress })

      expect(told).to.equal(0)
    })

    it(`counts read bytes in onUploadProgress with a Request for ${name}`, async () => {
      const origin = await openOrigin({ mode: 'go' })
      const fetch = createFetch({ dispatcher: agentFor(waitFor()) })
      const instance = axios.create({ adapter: 'fetch', env: { fetch } })
      const loaded: number[] = []
      const onUploadProgress = (event: { loaded: number }): unknown => loaded.push(event.loaded)

      await instance.put(origin.url, make(), { onUploadProgress, validateStatus: null })

      expect(loaded.at(-1)).to.be.above(0)
    })
  }
})
