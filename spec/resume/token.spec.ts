import { existsSync, utimesSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { fromFile } from '../../lib/content/file.ts'
import type { ResumeToken } from '../../lib/report/report.ts'
import { type Child, startChild } from '../support/child.ts'
import { chunksOf } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
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

const cut = faults({ after: 1_000_000, with: 503 }, null, null, { after: 500_000, with: 503 })
const never = { attempts: 0 }

describe('report.resume', () => {
  it('is plain data with which another call resumes the upload', async () => {
    const origin = await plainHttp.open({ fault: cut, offsetEvery: 100_000 })
    const { report } = await sent(origin, { resume: never })
    const token: ResumeToken = JSON.parse(JSON.stringify(report.resume))
    expect(token).to.include({
      location: new URL('/uploads/1', origin.url).href,
      length: content.length,
      version: 8,
    })
    expect(token.offset).to.be.within(1, 1_000_000)
    const { response, report: second } = await sent(origin, { resume: token })
    expect(response.status).to.equal(201)
    expect(response.url).to.equal(origin.url)
    expect(attemptTexts(second)).to.deep.equal(['locate HEAD 204', 'resume PATCH 201 from 1000000'])
    expect(second).to.include({ outcome: 'resumed', reason: 'threshold' })
    expect(second).to.not.have.property('resume')
    expect(origin.uploads).to.have.length(1)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('resumes one-shot content, whose first bytes are read and discarded', async () => {
    const origin = await plainHttp.open({ fault: cut })
    const first = Readable.from(chunksOf(content, 30))
    const { report } = await sent(origin, { resume: never }, first)
    expect(report.resume).to.include({ length: null })
    const second = Readable.from(chunksOf(content, 40))
    const { response } = await sent(origin, { resume: report.resume as ResumeToken }, second)
    expect(response.status).to.equal(201)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('is missing for an origin without support, and without the option', async () => {
    for (const [options, resume] of [
      [{ versions: [] }, true],
      [{}, false],
    ] as const) {
      const { report } = await sent(await plainHttp.open(options), { resume })
      expect(report).to.not.have.any.keys('resume', 'acknowledged')
    }
  })
})

describe('onToken', () => {
  it('gets a token, and null when the upload is over', async () => {
    const tokens: (ResumeToken | null)[] = []
    const origin = await plainHttp.open()
    await sent(origin, { resume: { onToken: (token) => tokens.push(token) } })
    expect(tokens).to.deep.equal([
      {
        location: new URL('/uploads/1', origin.url).href,
        offset: 0,
        length: content.length,
        version: 8,
      },
      null,
    ])
  })

  it('fails the upload when it throws', async () => {
    const origin = await plainHttp.open()
    const failure = new Error('The disk is full')
    const onToken = (): never => {
      throw failure
    }
    expect(await failed(origin, { resume: { onToken } })).to.equal(failure)
  })

  it('gets what another process needs to resume after the first one was killed', async () => {
    const path = temporaryFile()
    const kept = temporaryFile()
    writeFileSync(path, content)
    let child: Child | null = null
    const stall = { after: 500_000, with: 'stall' } as const
    const origin = await plainHttp.open({
      offsetEvery: 100_000,
      fault: faults(stall, null, stall, null, stall),
      alter: (fields, status, { number }) => {
        const isFlowing = status === 104 && fields['upload-offset'] !== undefined
        if (isFlowing && number < 6) child?.process.kill('SIGKILL')
        return fields
      },
    })
    const args = [origin.url, path, kept]
    for (let run = 0; run < 3; run++) {
      child = startChild('resuming.ts', args)
      expect(await child.exited).to.equal('SIGKILL')
    }
    child = startChild('resuming.ts', args)
    expect(await child.printed).to.equal('201 resumed\n')
    expect(existsSync(kept)).to.equal(false)
    expect(origin.uploads).to.have.length(1)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    expect(origin.requests.map(({ method }) => method)).to.deep.equal([
      ...['PUT', 'HEAD', 'PATCH', 'HEAD', 'PATCH', 'HEAD', 'PATCH'],
    ])
  })
})

describe('a token', () => {
  const token = { location: 'http://127.0.0.1:9/uploads/1', offset: 0, length: 5, version: 8 }
  const nowhere = { url: 'http://127.0.0.1:9/', agent: agentFor() }

  it('is rejected for content of another length', async () => {
    expect((await failed(nowhere, { resume: token }, 'abc')).code).to.equal(
      'ERR_EXPECT_FILE_CHANGED',
    )
  })

  it('is rejected for a file that changed', async () => {
    const path = temporaryFile()
    writeFileSync(path, content)
    const origin = await plainHttp.open({ fault: cut })
    const { report } = await sent(origin, { resume: never }, fromFile(path))
    utimesSync(path, 1, 1)
    const resume = report.resume as ResumeToken
    const error = await failed(origin, { resume }, fromFile(path))
    expect(error.code).to.equal('ERR_EXPECT_FILE_CHANGED')
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['open'])
    expect(origin.requests).to.have.length(1)
  })

  it('of an upload that no longer exists does not start a new one', async () => {
    const origin = await plainHttp.open()
    const resume = { ...token, location: new URL('/uploads/1', origin.url).href }
    const error = await failed(origin, { resume, retry: 3 }, 'abcde')
    expect(error.code).to.equal('ERR_EXPECT_RESUME_GONE')
    expect(origin.requests.map(({ method }) => method)).to.deep.equal(['HEAD'])
  })

  it('of a complete upload requests its response again', async () => {
    const origin = await plainHttp.open({ fault: faults({ with: 'reset' }) })
    let kept: ResumeToken | null = null
    const onToken = (next: ResumeToken | null): void => {
      kept = next
    }
    await failed(origin, { resume: { ...never, onToken } })
    const resume = kept as ResumeToken | null
    const { response } = await sent(origin, { resume: resume as ResumeToken })
    expect(response.status).to.equal(201)
    expect(origin.uploads).to.have.length(1)
  })

  it('sends no credentials to another origin', async () => {
    const origin = await plainHttp.open({ fault: cut })
    const { report } = await sent(origin, { resume: never })
    const headers = { authorization: 'Bearer secret', cookie: 'a=b', 'x-tenant': 'a' }
    const elsewhere = { url: 'http://uploads.example/', agent: origin.agent }
    await sent(elsewhere, { resume: report.resume as ResumeToken, headers })
    for (const { headers } of origin.requests.slice(1)) {
      expect(headers).to.include({ 'x-tenant': 'a' })
      expect(headers).to.not.have.any.keys('authorization', 'cookie')
    }
  })

  for (const [name, changes, input] of [
    ['whose length differs', { length: null }, 'another content'],
    ['whose offset is smaller', { offset: 2_000_000 }, content],
  ] as const) {
    it(`of another upload, ${name}, leaves that upload alone`, async () => {
      const told: unknown[] = []
      const origin = await plainHttp.open({ fault: cut })
      const { report } = await sent(origin, { resume: never })
      const onToken = (next: ResumeToken | null): void => {
        told.push(next)
      }
      const resume = { ...(report.resume as ResumeToken), ...changes, onToken }
      expect((await failed(origin, { resume }, input)).code).to.equal('ERR_EXPECT_RESUME_MISMATCH')
      await origin.agent.close()
      expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'HEAD'])
      expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['open'])
      expect(told.at(-1)).to.equal(null)
    })
  }

  it('does not cancel the upload when it fails', async () => {
    const origin = await plainHttp.open({
      fault: faults({ after: 5, with: 503 }, null, { after: 5, with: 'reset' }),
    })
    const { report } = await sent(origin, { resume: never })
    await failed(origin, { resume: { ...(report.resume as ResumeToken), attempts: 0 } })
    await origin.agent.close()
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['open'])
  })
})
