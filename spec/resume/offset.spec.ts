import { createReadStream, utimesSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { fromFile } from '../../lib/content/file.ts'
import type { ResumableOptions } from '../../lib/testing/index.ts'
import { standingClock } from '../support/clock.ts'
import { chunksOf } from '../support/contents.ts'
import { temporaryFile } from '../support/files.ts'
import {
  attemptTexts,
  content,
  digest,
  failed,
  faults,
  plainHttp,
  sent,
} from '../support/resumable.ts'

const cut = faults({ after: 1_000_000, with: 'reset' } as const)

/** An origin that sends wrong offsets. */
function withOffset(wanted: number, offset: string): NonNullable<ResumableOptions['alter']> {
  return (fields, status) =>
    status === wanted && fields['upload-offset'] !== undefined
      ? { ...fields, 'upload-offset': offset }
      : fields
}

describe('an impossible offset', () => {
  for (const [name, wanted, offset] of [
    ['beyond what was sent, while content is sent', 104, '2999999'],
    ['beyond the content, while content is sent', 104, '3000001'],
    ['before what was acknowledged', 204, '99999'],
    ['beyond the content', 204, '3000001'],
  ] as const) {
    it(`fails the upload, and cancels it: ${name}`, async () => {
      const origin = await plainHttp.open({
        offsetEvery: 100_000,
        fault: cut,
        alter: withOffset(wanted, offset),
      })
      // A source without an end.
      const endless = async function* (): AsyncGenerator<Buffer> {
        yield* chunksOf(content, 30).slice(0, 11)
        await new Promise(() => {})
      }
      const headers = { 'content-length': String(content.length) }
      const error = await failed(origin, { headers }, () => endless())
      expect(error.code).to.equal('ERR_EXPECT_RESUME_MISMATCH')
      expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
      expect(origin.requests.at(-1)?.method).to.equal('DELETE')
    })
  }

  for (const offset of ['-1', '1.5', 'many', '"5"', '1000000, 1000000']) {
    it(`is ignored when it is ${offset}`, async () => {
      const flowing = await plainHttp.open({ offsetEvery: 100_000, alter: withOffset(104, offset) })
      const { report } = await sent(flowing)
      expect(report.outcome).to.not.equal('resumed')
      const located = await plainHttp.open({ fault: cut, alter: withOffset(204, offset) })
      expect((await failed(located)).code).to.equal('ERR_EXPECT_RESUME_GONE')
    })
  }

  it('is named in the error when the DELETE gets no response until the total timeout', async () => {
    let tell = (): void => {}
    const deleted = new Promise<void>((resolve) => {
      tell = resolve
    })
    const origin = await plainHttp.open({
      fault: cut,
      alter: (fields, status, request) => {
        if (request.method !== 'DELETE') return withOffset(204, '3000001')(fields, status, request)
        tell()
        return null
      },
    })
    const clock = standingClock()
    const failing = failed(origin, { timeouts: { total: 600_000 } })
    await deleted
    clock.tick(600_000)
    expect((await failing).code).to.equal('ERR_EXPECT_RESUME_MISMATCH')
  })

  it('fails an upload whose length differs at the origin', async () => {
    const origin = await plainHttp.open({
      fault: cut,
      alter: (fields, status) => (status === 204 ? { ...fields, 'upload-length': '5' } : fields),
    })
    expect((await failed(origin)).code).to.equal('ERR_EXPECT_RESUME_MISMATCH')
    expect(origin.uploads[0]?.state).to.equal('cancelled')
  })

  it('after a 409 to an append causes another offset request', async () => {
    let moved = false
    const origin = await plainHttp.open({
      fault: cut,
      // In the meantime, the origin received what was on its way.
      alter: (fields, status) => {
        if (status !== 204 || moved) return fields
        moved = true
        return { ...fields, 'upload-offset': '999999' }
      },
    })
    const { response, report } = await sent(origin)
    expect(response.status).to.equal(201)
    expect(attemptTexts(report)).to.deep.equal([
      'first PUT broke',
      'locate HEAD 204',
      'resume PATCH 409 from 999999',
      'locate HEAD 204',
      'resume PATCH 201 from 1000000',
    ])
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })
})

describe('a file that changes', () => {
  for (const [name, changed] of [
    ['and is as long', Buffer.alloc(content.length)],
    ['and is longer', Buffer.concat([content, content])],
    ['and is shorter', content.subarray(0, 2_000_000)],
  ] as const) {
    it(`after the interruption ${name} fails the upload, and cancels it`, async () => {
      const path = temporaryFile()
      writeFileSync(path, content)
      const origin = await plainHttp.open({
        fault: cut,
        alter: (fields, status, { method }) => {
          if (method === 'HEAD' && status === 204) {
            writeFileSync(path, changed)
            utimesSync(path, 1, 1)
          }
          return fields
        },
      })
      const error = await failed(origin, {}, fromFile(path))
      expect(error.code).to.equal('ERR_EXPECT_FILE_CHANGED')
      expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
      expect(origin.uploads[0]?.offset).to.equal(1_000_000)
    })
  }
})

describe('content that ends before the offset of the origin', () => {
  const short = content.subarray(0, 500_000)

  it('ends the upload, and cancels it, when a function returns it the second time', async () => {
    const origin = await plainHttp.open({ fault: cut })
    const made = [content, short]
    const error = await failed(origin, {}, () => Readable.from([made.shift() ?? short]))
    expect(error.code).to.equal('ERR_EXPECT_FILE_CHANGED')
    expect(error.message).to.include('500000').and.include('1000000')
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
  })

  it('ends the upload, and leaves it to its token, when it is that of another call', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 1_000_000, with: 503 }) })
    const resume = { attempts: 0 }
    const { report } = await sent(origin, { resume }, Readable.from([content]))
    const told: unknown[] = []
    const next = { ...report.resume, onToken: (token: unknown) => told.push(token) }
    const error = await failed(origin, { resume: next }, Readable.from([short]))
    expect(error.code).to.equal('ERR_EXPECT_FILE_CHANGED')
    await origin.agent.close()
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['open'])
    expect(told).to.not.include(null)
  })
})

describe('one-shot content', () => {
  it('continues from its replay window', async () => {
    const origin = await plainHttp.open({ fault: cut })
    const stream = Readable.from(chunksOf(content, 50))
    const { report } = await sent(origin, { replayWindow: content.length }, stream)
    expect(report.outcome).to.equal('resumed')
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('continues if only the last bytes are kept, and only these are missing', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 2_990_000, with: 'reset' }) })
    const stream = Readable.from(chunksOf(content, 50))
    const { report } = await sent(origin, { replayWindow: 10_000 }, stream)
    expect(attemptTexts(report)[2]).to.equal('resume PATCH 201 from 2990000')
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('fails if the window is too small, and is cancelled', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 2_989_999, with: 'reset' }) })
    const stream = Readable.from(chunksOf(content, 50))
    const error = await failed(origin, { replayWindow: 10_000 }, stream)
    expect(error.code).to.equal('ERR_EXPECT_CONTENT_GONE')
    expect(origin.uploads[0]?.state).to.equal('cancelled')
    expect(stream.destroyed).to.equal(true)
  })

  it('is read once, even if bytes are sent twice', async () => {
    const path = temporaryFile()
    writeFileSync(path, content)
    const stream = createReadStream(path)
    const origin = await plainHttp.open({ fault: cut })
    await sent(origin, { replayWindow: 10_000_000 }, stream)
    expect(stream.bytesRead).to.equal(content.length)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })
})
