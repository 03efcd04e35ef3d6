import { expect } from 'chai'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import {
  attemptTexts,
  content,
  digest,
  failed,
  faults,
  plainHttp,
  sent,
  withoutDelay,
} from '../support/resumable.ts'

const cut = faults({ after: 1_000_000, with: 'reset' } as const)
const broken = /^(?:ECONNRESET|UND_ERR_SOCKET|EPIPE)$/
const secrets = {
  authorization: 'Bearer secret',
  cookie: 'session=secret',
  'x-tenant': 'a',
  'content-encoding': 'identity',
  'content-disposition': 'inline; filename="a"',
  'if-none-match': '*',
  'idempotency-key': '5',
  'repr-digest': 'sha-256=:YQ==:',
}

describe('the Location of an upload', () => {
  it('gets the fields of the caller, except those about the content and its target', async () => {
    const origin = await plainHttp.open({ fault: cut })
    await sent(origin, { headers: secrets })
    for (const { headers } of origin.requests.slice(1)) {
      expect(headers).to.include({
        authorization: 'Bearer secret',
        cookie: 'session=secret',
        'x-tenant': 'a',
      })
      const names = Object.keys(headers).filter((name) => name !== 'content-type')
      for (const gone of Object.keys(secrets).slice(3)) expect(names).to.not.include(gone)
    }
  })

  it('gets no credentials at another origin', async () => {
    const other = await startOrigin({ mode: 'resumable' })
    closeLater(() => other.close())
    const first = await startOrigin({
      mode: 'resumable',
      resumable: {
        fault: cut,
        alter: (fields, status) => ({
          ...fields,
          ...(status === 104 && fields.location && { location: `${other.url}/uploads/1` }),
        }),
      },
    })
    closeLater(() => first.close())
    const agent = agentFor()
    // The other origin has a resource of that path.
    await sent({ url: `${other.url}/x`, agent }, { resume: { minDelay: 0, version: 8 } }, 'abc')
    const error = await failed({ url: `${first.url}/videos/1`, agent }, { headers: secrets })
    expect(error.code).to.equal('ERR_EXPECT_RESUME_MISMATCH')
    const [locating] = other.requests.slice(1)
    expect(locating).to.include({ method: 'HEAD', path: '/uploads/1' })
    expect(locating?.headers).to.include({ 'x-tenant': 'a', host: new URL(other.url).host })
    expect(locating?.headers).to.not.have.any.keys('authorization', 'cookie')
  })

  for (const [name, location] of [
    ['relative to the request', '../uploads/1'],
    ['with a query and a fragment', '/uploads/1#here'],
    ['with credentials', 'http://user:secret@ORIGIN/uploads/1'],
  ] as const) {
    it(`is resolved ${name}`, async () => {
      const origin = await plainHttp.open({
        fault: cut,
        alter: (fields, status) => ({
          ...fields,
          ...(status === 104 &&
            fields.location && { location: location.replace('ORIGIN', new URL(origin.url).host) }),
        }),
      })
      const { response, report } = await sent(origin)
      expect(response.status).to.equal(201)
      expect(response.url).to.equal(origin.url)
      expect(report.attempts[1]?.url).to.equal(new URL('/uploads/1', origin.url).href)
      expect(origin.requests[1]?.headers.authorization).to.equal(undefined)
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    })
  }

  for (const location of ['ftp://uploads.example/1', 'http://', '', '/videos/1']) {
    it(`is ignored when it is '${location}'`, async () => {
      const origin = await plainHttp.open({
        fault: cut,
        alter: (fields, status) => (status === 104 ? { ...fields, location } : fields),
      })
      const { report, response } = await sent(origin, { retry: { count: 1, minDelay: 0 } })
      expect(response.status).to.equal(201)
      expect(attemptTexts(report)).to.deep.equal(['first PUT broke', 'retry PUT 201'])
    })
  }

  it('is not followed from https to http', async () => {
    const plain = await plainHttp.open()
    const tls = await identity()
    const secure = await startOrigin({
      mode: 'resumable',
      tls,
      resumable: {
        fault: cut,
        alter: (fields, status) => ({
          ...fields,
          ...(status === 104 && { location: new URL('/uploads/1', plain.url).href }),
        }),
      },
    })
    closeLater(() => secure.close())
    const agent = agentFor({ connect: { ca: tls.cert } })
    const error = await failed({ url: `${secure.url}/videos/1`, agent })
    expect(error.code).to.match(broken)
    expect(plain.requests).to.deep.equal([])
  })

  it('that changes fails the upload, and cancels it', async () => {
    const origin = await plainHttp.open({
      offsetEvery: 100_000,
      alter: (fields, status) =>
        status === 104 && fields['upload-offset'] !== undefined
          ? { ...fields, location: '/uploads/2?token=secret' }
          : fields,
    })
    const error = await failed(origin)
    expect(error.code).to.equal('ERR_EXPECT_RESUME_MISMATCH')
    expect(error.message).to.include(
      `Location of the upload to ${new URL(origin.url).origin}/uploads/2;`,
    )
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
    expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'DELETE'])
  })

  it('may be sent again if it is the same', async () => {
    const origin = await plainHttp.open({
      offsetEvery: 100_000,
      alter: (fields, status) => (status === 104 ? { ...fields, location: '/uploads/1' } : fields),
    })
    expect((await sent(origin)).response.status).to.equal(201)
  })

  for (const status of [307, 308]) {
    it(`may be redirected with a ${status}, for each request`, async () => {
      const moved = await plainHttp.open({
        fault: cut,
        alter: (fields, told, { path, method }) =>
          told === 404 && path === '/uploads/old' && method !== 'GET'
            ? { ...fields, location: '/uploads/1' }
            : fields,
      })
      const front = await startOrigin({
        mode: ({ path }) => {
          if (path !== '/uploads/1') return 'resumable'
          return { status, headers: { location: new URL('/uploads/1', moved.url).href } }
        },
        resumable: { fault: cut },
      })
      closeLater(() => front.close())
      // The upload at the new location has the first million bytes.
      await failed(moved, { resume: { attempts: 0, onToken() {} } })
      const { response, report } = await sent({ url: `${front.url}/videos/1`, agent: agentFor() })
      expect(response.status).to.equal(201)
      expect(attemptTexts(report)).to.deep.equal([
        'first PUT broke',
        `locate HEAD ${status}`,
        'redirect HEAD 204',
        'resume PATCH 201 from 1000000',
      ])
      expect(moved.uploads[0]).to.include({ state: 'complete', sha256: digest })
      expect(response.url).to.equal(`${front.url}/videos/1`)
      expect(content.length).to.equal(moved.uploads[0]?.offset)
    })
  }
})

describe('the version of a 104', () => {
  for (const version of ['6', '7', '8']) {
    it(`may be ${version}, which is then sent with each request for the upload`, async () => {
      const origin = await plainHttp.open({
        fault: cut,
        alter: (fields, status) => ({
          ...fields,
          ...(status === 104 && { 'upload-draft-interop-version': version }),
        }),
      })
      expect((await sent(origin)).response.status).to.equal(201)
      const versions = origin.requests.map(({ headers }) => headers['upload-draft-interop-version'])
      expect(versions).to.deep.equal(['8', version, version])
    })
  }

  it('may be the only one that an origin supports', async () => {
    const origin = await plainHttp.open({ fault: cut, versions: [6] })
    const { report } = await sent(origin, { resume: { ...withoutDelay, version: 6 } })
    expect(report.outcome).to.equal('resumed')
    const unsupported = await plainHttp.open({ fault: cut, versions: [6] })
    expect((await failed(unsupported)).code).to.match(broken)
  })

  for (const version of ['5', '9', 'eight', '?1', '"8"', null]) {
    it(`causes the 104 to be ignored when it is ${version}`, async () => {
      const origin = await plainHttp.open({
        fault: cut,
        alter: ({ 'upload-draft-interop-version': own, ...fields }, status) =>
          status === 104 && version !== null
            ? { ...fields, 'upload-draft-interop-version': version }
            : { ...fields, ...(status !== 104 && own && { own }) },
      })
      const error = await failed(origin)
      expect(error.code).to.match(broken)
      expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT'])
    })
  }
})
