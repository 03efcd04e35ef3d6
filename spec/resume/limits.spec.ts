import { Readable } from 'node:stream'
import { expect } from 'chai'
import { chunksOf } from '../support/contents.ts'
import {
  attemptTexts,
  content,
  digest,
  failed,
  plainHttp,
  sent,
  ways,
} from '../support/resumable.ts'
import { Touches } from '../support/touches.ts'
import { WatchedReadable } from '../support/watched-streams.ts'

describe('an Upload-Limit', () => {
  for (const way of ways) {
    it(`that is smaller than the content fails the upload before its content (${way.name})`, async () => {
      const origin = await way.open({
        // A server that does not check its own header fields.
        alter: (fields, status) =>
          status === 104 ? { ...fields, 'upload-limit': 'max-size=2999999' } : fields,
      })
      const touches = new Touches()
      const stream = new WatchedReadable(content, touches)
      const headers = { 'content-length': String(content.length) }
      const error = await failed(origin, { headers }, stream)
      expect(error.code).to.equal('ERR_EXPECT_RESUME_LIMIT')
      expect(touches.all).to.deep.equal([])
      expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'DELETE'])
      expect(origin.uploads[0]).to.include({ state: 'cancelled', received: 0 })
    })
  }

  it('fails content of unknown length when it exceeds the limit', async () => {
    const origin = await plainHttp.open({ limit: 'max-size=1000000' })
    const error = await failed(origin, {}, Readable.from(chunksOf(content, 30)))
    expect(error.code).to.equal('ERR_EXPECT_RESUME_LIMIT')
    expect(origin.uploads[0]?.state).to.equal('cancelled')
    expect(origin.uploads[0]?.received).to.be.at.most(1_000_000)
  })

  it('that comes with a later offset applies too', async () => {
    const origin = await plainHttp.open({
      offsetEvery: 100_000,
      alter: (fields, status) =>
        status === 104 && fields['upload-offset'] !== undefined
          ? { ...fields, 'upload-limit': 'max-size=5' }
          : fields,
    })
    expect((await failed(origin)).code).to.equal('ERR_EXPECT_RESUME_LIMIT')
    expect(origin.uploads[0]?.state).to.equal('cancelled')
  })

  for (const limit of [
    'max-size=3000000',
    'max-size=5;a=1, min-size=0, max-age="soon"',
    'max-size="5"',
    'max-size=5.0',
    'max-size=5,',
    'Max-Size=5',
    'max-sizes=5',
    'most=(1 2);q, max-size=3000000',
  ]) {
    it(`is ignored when it is ${limit}`, async () => {
      const origin = await plainHttp.open({
        alter: (fields, status) => (status === 104 ? { ...fields, 'upload-limit': limit } : fields),
      })
      const { report } = await sent(origin)
      expect(attemptTexts(report)).to.deep.equal(['first PUT 201'])
    })
  }

  it('with max-append-size causes the rest to be sent in parts', async () => {
    const origin = await plainHttp.open({ limit: 'max-append-size=1000000' })
    const { response, report } = await sent(origin)
    expect(response.status).to.equal(201)
    expect(attemptTexts(report)).to.deep.equal([
      'first PUT broke',
      'locate HEAD 204',
      'resume PATCH 204',
      'resume PATCH 204 from 1000000',
      'resume PATCH 201 from 2000000',
    ])
    const parts = origin.requests
      .slice(2)
      .map(({ headers }) => [headers['content-length'], headers['upload-complete']])
    expect(parts).to.deep.equal([
      ['1000000', '?0'],
      ['1000000', '?0'],
      ['1000000', '?1'],
    ])
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('with max-append-size causes content of unknown length to be sent in parts, and completed', async () => {
    const origin = await plainHttp.open({ limit: 'max-append-size=1250000' })
    const { response, report } = await sent(origin, {}, Readable.from(chunksOf(content, 7)))
    expect(response.status).to.equal(201)
    expect(attemptTexts(report)).to.deep.equal([
      'first PUT broke',
      'locate HEAD 204',
      'resume PATCH 204',
      'resume PATCH 204 from 1250000',
      'resume PATCH 204 from 2500000',
      'resume PATCH 201 from 3000000',
    ])
    expect(origin.requests.at(-1)?.headers).to.include({ 'upload-length': '3000000' })
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  for (const replayWindow of [0, 262_144]) {
    it(`cuts chunks that are larger than a replay window of ${replayWindow}`, async () => {
      for (const headers of [{}, { 'content-length': String(content.length) }]) {
        const origin = await plainHttp.open({ limit: 'max-append-size=400000' })
        const stream = Readable.from(chunksOf(content, 2))
        const { response } = await sent(origin, { headers, replayWindow }, stream)
        expect(response.status).to.equal(201)
        expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
      }
    })
  }

  it('with max-append-size fails the upload when a part other than the last one completes it', async () => {
    const origin = await plainHttp.open({
      limit: 'max-append-size=1000000',
      alter: (fields, status, { method }) =>
        method === 'PATCH' && status === 204 ? { ...fields, 'upload-complete': '?1' } : fields,
    })
    const error = await failed(origin)
    expect(error.code).to.equal('ERR_EXPECT_RESUME_MISMATCH')
    expect(origin.uploads[0]).to.include({ state: 'cancelled', received: 1_000_000 })
  })

  it('in a 413 to an append causes it to be sent in parts', async () => {
    let asked = 0
    const origin = await plainHttp.open({
      limit: 'max-append-size=2000000',
      fault: ({ number }) => (number === 1 ? { after: 10, with: 'reset' } : null),
      alter: ({ 'upload-limit': limit, ...fields }, status) => {
        if (status === 413) asked += 1
        return status === 413 ? { ...fields, 'upload-limit': limit } : fields
      },
    })
    const { response, report } = await sent(origin)
    expect(response.status).to.equal(201)
    expect(asked).to.equal(1)
    expect(report.attempts.map(({ status }) => status)).to.deep.equal([
      null,
      204,
      413,
      204,
      204,
      201,
    ])
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('that no part can satisfy fails the upload', async () => {
    for (const [limit, input] of [
      ['max-append-size=0', content],
      ['max-append-size=0, min-append-size=0', content],
      ['max-append-size=0', Readable.from(chunksOf(content))],
      ['max-append-size=0, min-append-size=-1', Readable.from(chunksOf(content))],
      ['max-append-size=-5', Readable.from(chunksOf(content))],
      ['max-append-size=5, min-append-size=10', content],
      // The last part might be too small.
      ['max-append-size=20000, min-append-size=10000', Readable.from(chunksOf(content))],
    ] as const) {
      const origin = await plainHttp.open({ limit })
      expect((await failed(origin, {}, input)).code).to.equal('ERR_EXPECT_RESUME_LIMIT')
      expect(origin.uploads[0]?.state).to.equal('cancelled')
    }
  })
})
