import axios, { type AxiosRequestConfig } from 'axios'
import { expect } from 'chai'
import { expectAdapter } from '../../lib/adapters/axios.ts'
import { content, fileStream, startedOrigin, waitFor } from '../support/adapters-content.ts'
import { bytes, halves } from '../support/inputs.ts'
import { PushingForm } from '../support/piped.ts'

const client = axios.create({ adapter: expectAdapter({ memory: false, ...waitFor() }) })

/** Sends the same with axios's own adapter and with this one, to compare what went out. */
async function bothOf(config: AxiosRequestConfig, fields: readonly string[]): Promise<unknown[]> {
  const origin = await startedOrigin({ keepContent: true })
  const baseURL = config.baseURL === undefined ? origin.url : `${origin.url}${config.baseURL}`
  for (const instance of [axios.create({ adapter: 'http' }), client]) {
    await instance.request({ ...config, baseURL })
  }
  return origin.requests.map(({ method, path, headers, content }) => ({
    method,
    path,
    text: content.toString(),
    headers: fields.map((name) => headers[name]),
  }))
}

const fields = ['content-type', 'content-length', 'authorization', 'accept', 'x-own']

const same: readonly (readonly [string, AxiosRequestConfig])[] = [
  ['a GET', { url: '/a' }],
  ['a base URL with a path', { baseURL: '/base/', url: '/a' }],
  ['parameters', { url: '/a?z=1#end', params: { b: 'x y', a: [1, 2], c: null, d: undefined } }],
  ['nested parameters', { url: '/a', params: { a: { b: 'ü', c: ['/', ':'] }, d: [{ e: 1 }] } }],
  ['braces', { url: '/a', params: { 'a{}': { b: [1] }, c: { 'd{}': { e: 1 } } } }],
  ['brackets', { url: '/a', params: { 'a[]': [1, 2], 'b[]': 1, c: { 'd[]': [1] } } }],
  ['lists of lists', { url: '/a', params: { a: [[1, 2], [3]], b: [{ c: [1] }, null], d: [] } }],
  ['dates', { url: '/a', params: { at: new Date(0), list: [new Date(1)], on: true } }],
  ['URLSearchParams as parameters', { url: '/a', params: new URLSearchParams({ a: 'x y' }) }],
  ['indexes', { url: '/a', params: { a: ['x', 'y'] }, paramsSerializer: { indexes: true } }],
  ['no brackets', { url: '/a', params: { a: ['x', 'y'] }, paramsSerializer: { indexes: null } }],
  ['dots', { url: '/a', params: { a: { b: 1 } }, paramsSerializer: { dots: true } }],
  [
    'an encoder',
    {
      url: '/a',
      params: { a: 'x y' },
      paramsSerializer: { encode: (text) => `_${encodeURIComponent(text)}` },
    },
  ],
  ['a serializer', { url: '/a', params: { a: 1 }, paramsSerializer: { serialize: () => 'own=1' } }],
  ['an object', { method: 'post', url: '/a', data: { a: 'ü' } }],
  ['text', { method: 'post', url: '/a', data: 'ü', headers: { 'Content-Type': 'text/plain' } }],
  ['an ArrayBuffer', { method: 'put', url: '/a', data: new TextEncoder().encode('ab').buffer }],
  ['a view', { method: 'put', url: '/a', data: new Uint8Array([97, 98]) }],
  ['URLSearchParams', { method: 'post', url: '/a', data: new URLSearchParams({ a: 'x y' }) }],
  ['a Blob', { method: 'put', url: '/a', data: new Blob(['ab'], { type: 'video/h264' }) }],
  ['a Blob without a type', { method: 'put', url: '/a', data: new Blob(['ab']) }],
  ['nothing', { method: 'post', url: '/a' }],
  ['a DELETE with content', { method: 'delete', url: '/a', data: 'ab' }],
  ['basic credentials', { url: '/a', auth: { username: 'ü', password: 'p:q' } }],
  ['header fields', { url: '/a', headers: { 'X-Own': '1', Accept: 'text/plain' } }],
]

describe('expectAdapter', () => {
  for (const [name, config] of same) {
    it(`sends ${name} as axios does`, async () => {
      const [theirs, ours] = await bothOf(config, fields)

      expect(ours).to.deep.equal(theirs)
    })
  }

  it('sends a form with a boundary of its own', async () => {
    const origin = await startedOrigin({ keepContent: true })
    const data = new FormData()
    data.set('name', 'value')

    await client.post(origin.url, data)

    const [request] = origin.requests
    const boundary = request?.headers['content-type']?.split('boundary=')[1]
    expect(request?.content.toString()).to.contain(`--${boundary}\r\n`).and.to.contain('value')
  })

  it('takes credentials from the URL', async () => {
    const origin = await startedOrigin()

    await client.get(origin.url.replace('//', '//me%40home:p@'))

    const expected = `Basic ${Buffer.from('me@home:p').toString('base64')}`
    expect(origin.requests[0]?.headers.authorization).to.equal(expected)
  })

  it('asks for little content where the caller has set the header', async () => {
    const origin = await startedOrigin()

    await client.put(origin.url, 'x', { headers: { Expect: '100-continue' } })

    expect(origin.requests[0]?.asked).to.equal(true)
  })

  it('tells how far content is', async () => {
    const origin = await startedOrigin()
    const told: (readonly [number, number | undefined])[] = []

    await client.put(origin.url, content, {
      onUploadProgress: ({ loaded, total }) => told.push([loaded, total]),
    })

    expect(told.at(-1)).to.deep.equal([content.length, content.length])
  })

  for (const [what, length] of [
    ['knows its length at once', 16],
    ['has to look for its length', null],
  ] as const) {
    it(`sends a form of the package form-data that ${what}`, async () => {
      const origin = await startedOrigin({ keepContent: true })

      await client.post(origin.url, new PushingForm(halves, length))

      const [request] = origin.requests
      expect(request?.headers).to.include({
        'content-type': 'multipart/form-data; boundary=edge',
        'content-length': String(bytes.length),
      })
      expect(request?.content).to.deep.equal(bytes)
    })
  }

  it('leaves out fields about the framing, which is not in the hands of the caller', async () => {
    const origin = await startedOrigin({ keepContent: true })
    const headers = { 'Transfer-Encoding': 'chunked', 'Keep-Alive': 'timeout=5' }

    await client.put(origin.url, 'text', { headers })

    const [request] = origin.requests
    expect(request?.headers).to.include({ 'content-length': '4' })
    expect(request?.headers).not.to.have.any.keys('transfer-encoding', 'keep-alive')
  })

  const limits: Readonly<Record<string, () => unknown>> = {
    'a buffer': () => content,
    'a file stream': fileStream,
    'a form': () => {
      const form = new FormData()
      form.set('file', new Blob([content]))
      return form
    },
    'a form of the package form-data': () => new PushingForm([content], content.length),
    'a form of unknown length': () => new PushingForm([content], Number.NaN),
  }

  for (const [name, make] of Object.entries(limits)) {
    it(`refuses ${name} above maxBodyLength`, async () => {
      const origin = await startedOrigin()

      const error = await client
        .put(origin.url, make(), { maxBodyLength: 1000 })
        .catch((reason) => reason)

      expect(error).to.include({ isAxiosError: true, code: 'ERR_BAD_REQUEST' })
      expect(error.message).to.equal('Request body larger than maxBodyLength limit')
      expect(origin.requests.every(({ bytes, status }) => bytes === 0 && status === 0)).to.equal(
        true,
      )
    })
  }

  it('sends a file stream below maxBodyLength', async () => {
    const origin = await startedOrigin()

    await client.put(origin.url, fileStream(), { maxBodyLength: content.length })

    expect(origin.requests[0]?.bytes).to.equal(content.length)
  })

  const harmless: readonly AxiosRequestConfig[] = [
    { proxy: false },
    { decompress: true },
    { httpVersion: 1 },
    { insecureHTTPParser: false },
    { sensitiveHeaders: [] },
    { sensitiveHeaders: ['x-token'], maxRedirects: 0 },
  ]

  for (const config of harmless) {
    it(`takes ${JSON.stringify(config)}, which changes nothing`, async () => {
      const origin = await startedOrigin()

      const { status } = await client.put(origin.url, 'x', config)

      expect(status).to.equal(201)
    })
  }

  const unsupported: readonly AxiosRequestConfig[] = [
    { socketPath: '/tmp/socket' },
    { proxy: { host: '127.0.0.1', port: 1 } },
    { maxRate: 1000 },
    { beforeRedirect: () => {} },
    { decompress: false },
    { family: 6 },
    { httpVersion: 2 },
    { insecureHTTPParser: true },
    { sensitiveHeaders: ['x-token'] },
  ]

  for (const config of unsupported) {
    const [name = ''] = Object.keys(config)
    it(`refuses ${name}, which it cannot heed`, async () => {
      const origin = await startedOrigin()

      const error = await client.put(origin.url, 'x', config).catch((reason) => reason)

      expect(error).to.have.property('code', 'ERR_NOT_SUPPORT')
      expect(error.message).to.contain(`'${name}'`)
      expect(origin.connections).to.equal(0)
    })
  }
})
