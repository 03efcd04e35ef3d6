import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { ResumeToken } from '../../lib/report/report.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { startOrigin } from '../../lib/testing/index.ts'
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
  withoutDelay,
} from '../support/resumable.ts'

const cut = faults({ after: 1_000_000, with: 'reset' } as const)
const lost = faults({ with: 'reset' } as const)

describe('a final response to a resumable upload', () => {
  for (const status of [200, 303, 400, 413, 500, 503]) {
    it(`is returned when its Upload-Complete is true: ${status}`, async () => {
      const response = { status, headers: { location: '/elsewhere' }, body: 'processed' }
      const origin = await plainHttp.open({ response: () => response })
      const outcome = await sent(origin, { redirect: 'manual' })
      expect(outcome.response.status).to.equal(status)
      expect(await outcome.response.text()).to.equal('processed')
      expect(outcome.report).to.not.have.property('resume')
      expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT'])
    })

    it(`is returned when it is the response to an append: ${status}`, async () => {
      const response = { status, headers: { location: '/elsewhere' }, body: 'processed' }
      const origin = await plainHttp.open({ fault: cut, response: () => response })
      const outcome = await sent(origin, { redirect: 'manual' })
      expect(outcome.response.status).to.equal(status)
      expect(await outcome.response.text()).to.equal('processed')
      expect(outcome.report.outcome).to.equal('resumed')
      expect(outcome.report).to.not.have.property('resume')
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    })
  }

  for (const status of [400, 403, 404, 413, 415, 422]) {
    it(`is returned when it is a ${status} to the first request`, async () => {
      const origin = await plainHttp.open({ fault: faults({ after: 5, with: status }) })
      const { response, report } = await sent(origin)
      expect(response.status).to.equal(status)
      expect(attemptTexts(report)).to.deep.equal([`first PUT ${status}`])
      expect(report).to.not.have.property('resume')
    })

    it(`is returned when it is a ${status} to an append`, async () => {
      const origin = await plainHttp.open({
        fault: faults({ after: 1_000_000, with: 'reset' }, null, { after: 5, with: status }),
      })
      const { response, report } = await sent(origin)
      expect(response.status).to.equal(status)
      expect(attemptTexts(report).at(-1)).to.equal(`resume PATCH ${status} from 1000000`)
    })
  }

  for (const status of [408, 409, 423, 425, 429, 500, 502, 599]) {
    it(`causes a resumption when it is a ${status} without Upload-Complete`, async () => {
      const origin = await plainHttp.open({
        fault: faults({ after: 5, with: status === 409 ? 500 : status }, null, {
          after: 5,
          with: status,
        }),
        alter: (fields, tokens) => ({
          ...fields,
          ...(tokens === 409 && { 'upload-offset': '10' }),
        }),
      })
      const { response } = await sent(origin)
      expect(response.status).to.equal(201)
      expect(origin.requests.map(({ method }) => method)).to.deep.equal([
        ...['PUT', 'HEAD', 'PATCH', 'HEAD', 'PATCH'],
      ])
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    })
  }

  it('without Upload-Complete is the response of a completed upload', async () => {
    // Like tusd.
    const origin = await plainHttp.open({
      fault: cut,
      alter: ({ 'upload-complete': _flag, ...fields }, _status, { method }) => ({
        ...fields,
        ...(method === 'HEAD' && { 'upload-complete': '?0' }),
      }),
    })
    const { response, report } = await sent(origin)
    expect(response.status).to.equal(201)
    expect(attemptTexts(report).at(-1)).to.equal('resume PATCH 201 from 1000000')
    expect(report).to.not.have.property('resume')
  })

  for (const flag of ['1', 'true', '?2', '"?0"']) {
    it(`is treated like one without Upload-Complete when its value is ${flag}`, async () => {
      const origin = await plainHttp.open({
        fault: faults({ after: 5, with: 500 }),
        alter: (fields, status) => ({
          ...fields,
          ...(status === 500 && { 'upload-complete': flag }),
        }),
      })
      expect((await sent(origin)).report.outcome).to.equal('resumed')
    })
  }

  it('with a false Upload-Complete causes a resumption', async () => {
    const origin = await plainHttp.open({
      fault: faults({ after: 3_000_000, with: 200 }),
      alter: (fields, status) => ({
        ...fields,
        ...(status === 200 && { 'upload-complete': '?0' }),
      }),
    })
    const { response, report } = await sent(origin)
    expect(response.status).to.equal(201)
    expect(attemptTexts(report)).to.deep.equal([
      'first PUT 200',
      'locate HEAD 204',
      'resume PATCH 201 from 3000000',
    ])
  })
})

describe('a success that does not complete the upload', () => {
  for (const [name, limit] of [
    ['the content', 'min-size=0'],
    ['a part of the content', 'max-append-size=1000000'],
  ] as const) {
    it(`again and again, after ${name}, ends the upload with an error`, async () => {
      const fields = { 'upload-offset': '0', 'upload-complete': '?0' }
      const origin = await startOrigin({
        mode: ({ method }) => (method === 'PATCH' ? 'go' : 'resumable'),
        response: { status: 204, headers: fields },
        resumable: { limit, fault: faults({ after: 0, with: 'reset' }) },
      })
      closeLater(() => origin.close())
      const to = { url: `${origin.url}/videos/1`, agent: agentFor() }
      const error = await failed(to, { resume: { ...withoutDelay, attempts: 2 } })
      expect(error.code).to.equal('ERR_EXPECT_RESUME_GONE')
      expect(error.message).to.include('204')
      expect(origin.requests.map(({ method }) => method).slice(0, 5)).to.deep.equal([
        ...['PUT', 'HEAD', 'PATCH', 'HEAD', 'PATCH'],
      ])
    })
  }
})

describe('the response to an offset request', () => {
  for (const status of [400, 403, 404, 410]) {
    it(`fails the upload when it is a ${status}, and the upload is not started again`, async () => {
      const gone = await startOrigin({
        mode: ({ method }) => (method === 'HEAD' ? status : 'resumable'),
        resumable: { fault: cut },
      })
      closeLater(() => gone.close())
      const to = { url: `${gone.url}/videos/1`, agent: agentFor() }
      const error = await failed(to, { retry: { count: 3, minDelay: 0 } })
      expect(error.code).to.equal('ERR_EXPECT_RESUME_GONE')
      expect(error.message).to.include(String(status))
      expect(error).to.have.nested.property('response.status', status)
      expect(gone.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'HEAD'])
    })
  }

  it('is requested as often as the resume option says, not the retry option', async () => {
    const origin = await startOrigin({
      mode: ({ method }) => (method === 'HEAD' ? 503 : 'resumable'),
      resumable: { fault: cut },
    })
    closeLater(() => origin.close())
    const to = { url: `${origin.url}/videos/1`, agent: agentFor() }
    const resume = { ...withoutDelay, attempts: 2 }
    const error = await failed(to, { resume, retry: { count: 3, minDelay: 0 } })
    expect(error.code).to.equal('ERR_EXPECT_RESUME_GONE')
    expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'HEAD', 'HEAD'])
  })

  for (const status of [408, 423, 425, 429, 500, 503]) {
    it(`is requested again after a ${status}`, async () => {
      let heads = 0
      const origin = await startOrigin({
        mode: ({ method }) => (method === 'HEAD' && heads++ < 2 ? status : 'resumable'),
        resumable: { fault: cut },
      })
      closeLater(() => origin.close())
      const { response } = await sent({ url: `${origin.url}/videos/1`, agent: agentFor() })
      expect(response.status).to.equal(201)
      expect(heads).to.equal(3)
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    })
  }

  it('keeps the token valid for onToken when it is always a 503', async () => {
    const tokens: unknown[] = []
    const origin = await startOrigin({
      mode: ({ method }) => (method === 'HEAD' ? 503 : 'resumable'),
      resumable: { fault: cut },
    })
    closeLater(() => origin.close())
    const resume = { minDelay: 0, attempts: 2, onToken: (token: unknown) => tokens.push(token) }
    const error = await failed({ url: `${origin.url}/videos/1`, agent: agentFor() }, { resume })
    expect(error.code).to.equal('ERR_EXPECT_RESUME_GONE')
    expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'HEAD', 'HEAD'])
    expect(tokens).to.have.length(1)
  })

  it('is not requested while the request before is in progress', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 1000, with: 500 }) })
    const events: string[] = []
    const agent = agentFor()
    for (const event of ['connect', 'disconnect'] as const) {
      agent.on(event as 'connect', () => events.push(event))
    }
    const { report } = await sent({ url: origin.url, agent })
    expect(report.outcome).to.equal('resumed')
    expect(events.slice(0, 4)).to.deep.equal(['connect', 'disconnect', 'connect', 'disconnect'])
  })
})

describe('a lost response', () => {
  it('is requested again by completing the completed upload', async () => {
    const origin = await plainHttp.open({
      fault: lost,
      response: () => ({ status: 200, body: 'id 5' }),
    })
    const { response, report } = await sent(origin)
    expect(response.status).to.equal(200)
    expect(await response.text()).to.equal('id 5')
    expect(attemptTexts(report)).to.deep.equal([
      'first PUT broke',
      'locate HEAD 204',
      'resume PATCH 200 from 3000000',
    ])
    expect(origin.requests[2]?.headers).to.include({
      'content-length': '0',
      'upload-complete': '?1',
      'upload-offset': '3000000',
    })
    expect(origin.uploads[0]?.received).to.equal(content.length)
  })

  it('is an error of its own if it cannot be requested again', async () => {
    const origin = await startOrigin({
      mode: ({ method }) => (method === 'PATCH' ? 409 : 'resumable'),
      resumable: { fault: lost },
    })
    closeLater(() => origin.close())
    const error = await failed({ url: `${origin.url}/videos/1`, agent: agentFor() })
    expect(error.code).to.equal('ERR_EXPECT_RESUME_ANSWERED')
    expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'HEAD', 'PATCH'])
  })

  for (const [name, make] of [
    ['of a known length', () => content],
    ['of an unknown length', () => Readable.from(chunksOf(content, 30))],
  ] as const) {
    it(`is that error if the origin completed the upload before it had all content: ${name}`, async () => {
      // An origin that takes incomplete content as complete.
      const origin = await plainHttp.open({
        fault: cut,
        alter: (fields, _status, { method }) => ({
          ...fields,
          ...(method === 'HEAD' && { 'upload-complete': '?1' }),
        }),
      })
      const error = await failed(origin, { replayWindow: 5_000_000 }, make())
      expect(error.code).to.equal('ERR_EXPECT_RESUME_ANSWERED')
      expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'HEAD'])
    })
  }
})

describe('credentials that the upload refuses', () => {
  for (const status of [401, 403, 407]) {
    for (const refused of ['HEAD', 'PATCH']) {
      it(`leave the token to another call: a ${status} to ${refused}`, async () => {
        const origin = await startOrigin({
          mode: ({ method, headers }) =>
            method === refused && headers['x-key'] !== 'new' ? status : 'resumable',
          resumable: { fault: cut },
        })
        closeLater(() => origin.close())
        const told: (ResumeToken | null)[] = []
        const resume = { ...withoutDelay, onToken: (token: ResumeToken | null) => told.push(token) }
        const to = { url: `${origin.url}/videos/1`, agent: agentFor() }
        const outcome = await sent(to, { resume }).catch((error: Error) => error)
        const [token] = told
        if (outcome instanceof Error) expect(outcome.message).to.include('credentials')
        else expect(outcome.response.status).to.equal(status)
        expect(told).to.deep.equal([token])
        const report = outcome instanceof Error ? reportOf(outcome) : outcome.report
        const headers = { 'x-key': 'new' }
        const next = await sent(to, { resume: report?.resume as ResumeToken, headers })
        expect(next.response.status).to.equal(201)
        expect(origin.uploads).to.have.length(1)
        expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
      })
    }
  }
})

describe('a challenge to a request for the upload resource', () => {
  it('is answered with credentials', async () => {
    const challenges: string[] = []
    const origin = await startOrigin({
      mode: ({ method, path, headers }) => {
        if (path === '/videos/1' || headers.authorization !== undefined) return 'resumable'
        challenges.push(method)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="uploads"' } }
      },
      resumable: { fault: cut },
    })
    closeLater(() => origin.close())
    const authenticate = async (): Promise<{ authorization: string }> => ({ authorization: 'x y' })
    const to = { url: `${origin.url}/videos/1`, agent: agentFor() }
    const { response, report } = await sent(to, { authenticate })
    expect(response.status).to.equal(201)
    expect(challenges).to.deep.equal(['HEAD'])
    expect(attemptTexts(report)).to.deep.equal([
      'first PUT broke',
      'locate HEAD 401',
      'challenge HEAD 204',
      'resume PATCH 201 from 1000000',
    ])
  })
})
