import { Writable } from 'node:stream'
import { expect } from 'chai'
import { type Dispatcher, request } from 'undici'
import { sha256 } from '../support/contents.ts'
import { digest, faults, plainHttp, type Resumed, sent, ways } from '../support/resumable.ts'

const version = { 'upload-draft-interop-version': '8' }

interface Exchanged {
  readonly status: number
  readonly fields: Dispatcher.ResponseData['headers']
  readonly interim: readonly [number, Record<string, string | string[] | undefined>][]
}

/** Sends a request without this package. */
async function exchanged(
  origin: Resumed,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: string | null = null,
): Promise<Exchanged> {
  const interim: Exchanged['interim'][number][] = []
  const response = await request(new URL(path, origin.url), {
    method: method as 'PUT',
    headers,
    body,
    onInfo: ({ statusCode, headers: fields }) => interim.push([statusCode, fields]),
  })
  await response.body.dump()
  return { status: response.statusCode, fields: response.headers, interim }
}

const patch = (offset: number, flag: string): Record<string, string> => ({
  'content-type': 'application/partial-upload',
  'upload-offset': String(offset),
  'upload-complete': flag,
  ...version,
})

describe('the test origin in the mode resumable', () => {
  it('creates an upload, sends its location, and responds when it is complete', async () => {
    const origin = await plainHttp.open({ limit: 'max-size=10' })
    const invited = { ...version, 'upload-complete': '?1' }
    const { status, fields, interim } = await exchanged(origin, 'POST', '/a', invited, 'abcde')
    expect(interim).to.have.length(1)
    expect(interim[0]?.[0]).to.equal(104)
    expect(interim[0]?.[1]).to.include({
      location: '/uploads/1',
      'upload-limit': 'max-size=10',
      ...version,
    })
    expect(status).to.equal(201)
    expect(fields).to.include({ 'upload-complete': '?1' })
    expect(origin.uploads).to.have.length(1)
    expect(origin.uploads[0]).to.include({
      path: '/uploads/1',
      target: 'POST /a',
      state: 'complete',
      offset: 5,
      length: 5,
      sha256: sha256(Buffer.from('abcde')),
    })
  })

  it('accepts an upload in parts, and an empty last part', async () => {
    const origin = await plainHttp.open({ keepContent: true })
    const careful = { ...version, 'upload-complete': '?0', 'upload-length': '5' }
    const created = await exchanged(origin, 'POST', '/a', careful, '')
    expect(created.status).to.equal(201)
    expect(created.fields).to.include({ location: '/uploads/1', 'upload-complete': '?0' })
    const part = await exchanged(origin, 'PATCH', '/uploads/1', patch(0, '?0'), 'abcde')
    expect(part.status).to.equal(204)
    expect(part.fields).to.include({ 'upload-offset': '5', 'upload-complete': '?0' })
    const located = await exchanged(origin, 'HEAD', '/uploads/1', version)
    expect(located.fields).to.include({
      'upload-offset': '5',
      'upload-complete': '?0',
      'upload-length': '5',
      'upload-limit': 'min-size=0',
      'cache-control': 'no-store',
    })
    const done = await exchanged(origin, 'PATCH', '/uploads/1', patch(5, '?1'), '')
    expect(done.status).to.equal(201)
    expect(origin.uploads[0]?.content.toString()).to.equal('abcde')
  })

  it('refuses what the draft requires it to refuse', async () => {
    const origin = await plainHttp.open({ limit: 'max-size=10,max-append-size=4' })
    const careful = { ...version, 'upload-complete': '?0', 'upload-length': '6' }
    await exchanged(origin, 'POST', '/a', careful, 'ab')
    const behind = await exchanged(origin, 'PATCH', '/uploads/1', patch(0, '?0'), 'ab')
    expect(behind.status).to.equal(409)
    expect(behind.fields).to.include({ 'upload-offset': '2', 'upload-complete': '?0' })
    const { 'content-type': _type, ...untyped } = patch(2, '?0')
    expect((await exchanged(origin, 'PATCH', '/uploads/1', untyped, 'ab')).status).to.equal(415)
    const { 'upload-complete': _flag, ...unmarked } = patch(2, '?0')
    expect((await exchanged(origin, 'PATCH', '/uploads/1', unmarked, 'ab')).status).to.equal(400)
    const large = await exchanged(origin, 'PATCH', '/uploads/1', patch(2, '?0'), 'abcde')
    expect(large.status).to.equal(413)
    expect(large.fields).to.include({ 'upload-limit': 'max-size=10,max-append-size=4' })
    expect((await exchanged(origin, 'GET', '/uploads/2')).status).to.equal(404)
    const tooLong = { ...version, 'upload-complete': '?1', 'upload-length': '11' }
    expect((await exchanged(origin, 'POST', '/a', tooLong, 'abcdefghijk')).status).to.equal(413)
    // An upload with more bytes than its length is invalid.
    await exchanged(origin, 'PATCH', '/uploads/1', patch(2, '?0'), 'cdef')
    const past = await exchanged(origin, 'PATCH', '/uploads/1', patch(6, '?0'), 'g')
    expect(past.status).to.equal(400)
    expect((await exchanged(origin, 'HEAD', '/uploads/1')).status).to.equal(410)
  })

  it('creates none for an unknown version, or without one', async () => {
    const origin = await plainHttp.open({ versions: [6] })
    for (const headers of [{ ...version, 'upload-complete': '?1' }, { 'upload-complete': '?1' }]) {
      const { interim, status } = await exchanged(origin, 'PUT', '/a', headers, 'abc')
      expect(status).to.equal(201)
      expect(interim).to.deep.equal([])
    }
    expect(origin.uploads).to.deep.equal([])
  })

  it('removes cancelled uploads, and repeats the response of complete ones', async () => {
    const origin = await plainHttp.open()
    const invited = { ...version, 'upload-complete': '?1' }
    await exchanged(origin, 'PUT', '/a', invited, 'abc')
    expect((await exchanged(origin, 'PATCH', '/uploads/1', patch(3, '?1'), '')).status).to.equal(
      201,
    )
    expect((await exchanged(origin, 'DELETE', '/uploads/1', version)).status).to.equal(204)
    expect((await exchanged(origin, 'HEAD', '/uploads/1', version)).status).to.equal(410)
  })

  for (const way of ways) {
    it(`stores the content of several requests with backpressure, over ${way.name}`, async () => {
      const chunks: Buffer[] = []
      const slow = new Writable({
        highWaterMark: 1,
        write: (chunk: Buffer, _encoding, done) => {
          chunks.push(chunk)
          setImmediate(done)
        },
      })
      const fault = faults({ after: 1_500_000, with: 'reset' })
      const origin = await way.open({ store: () => slow, fault })
      const { response } = await sent(origin)
      expect(response.status).to.equal(201)
      expect(slow.writableFinished).to.equal(true)
      expect(sha256(Buffer.concat(chunks))).to.equal(digest)
    })
  }

  it('answers 500, without an Upload-Complete, when content cannot be stored', async () => {
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('full')) })
    const origin = await plainHttp.open({ store: () => full.on('error', () => {}) })
    const { response, report } = await sent(origin)
    expect(response.status).to.equal(500)
    expect(report).to.not.have.property('resume')
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['invalid'])
  })

  it('sends its limits in the response to OPTIONS', async () => {
    const origin = await plainHttp.open({ limit: 'max-size=10' })
    const { fields } = await exchanged(origin, 'OPTIONS', '/a')
    expect(fields).to.include({ 'upload-limit': 'max-size=10' })
  })
})
