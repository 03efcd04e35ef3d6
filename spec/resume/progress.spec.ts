import { expect } from 'chai'
import { AttemptLog } from '../../lib/report/attempt-log.ts'
import type { Progress } from '../../lib/report/report.ts'
import { UploadLog } from '../../lib/report/upload-log.ts'
import { content, faults, plainHttp, sent } from '../support/resumable.ts'

describe('the progress of a resumable upload', () => {
  it('includes the acknowledged bytes besides the sent ones', async () => {
    const origin = await plainHttp.open({ offsetEvery: 500_000 })
    const reported: Progress[] = []
    const { report } = await sent(origin, { onProgress: (progress) => reported.push(progress) })
    const acknowledged = reported.flatMap(({ acknowledged: bytes }) => bytes ?? [])
    expect(acknowledged.length).to.be.above(3)
    expect(acknowledged).to.deep.equal([...acknowledged].sort((one, other) => one - other))
    for (const { acknowledged: bytes = 0, sent: all } of reported.filter(
      ({ phase }) => phase === 'sending',
    ))
      expect(bytes).to.be.at.most(all)
    expect(report.acknowledged).to.equal(content.length)
  })

  it('counts from the beginning of the content after an interruption', async () => {
    const origin = await plainHttp.open({ fault: faults({ after: 1_000_000, with: 'reset' }) })
    const reported: Progress[] = []
    const { report } = await sent(origin, { onProgress: (progress) => reported.push(progress) })
    const resumed = report.attempts.at(-1)
    expect(resumed).to.include({ reason: 'resume', offset: 1_000_000, sentBytes: 2_000_000 })
    expect(reported.at(-1)).to.include({ sent: content.length, total: content.length })
    expect(reported.filter(({ acknowledged }) => acknowledged === 1_000_000)).to.not.deep.equal([])
  })

  it('has no acknowledged bytes for an origin without support', async () => {
    const reported: Progress[] = []
    const origin = await plainHttp.open({ versions: [] })
    const { report } = await sent(origin, { onProgress: (progress) => reported.push(progress) })
    for (const progress of reported) expect(progress).to.not.have.property('acknowledged')
    expect(report).to.not.have.property('acknowledged')
  })
})

describe('the report of a resumed upload', () => {
  it('counts saved bytes from the offset of the last attempt', () => {
    const log = new UploadLog()
    log.total = 1000
    const head = { startedAtMs: 0, delayMs: 0, method: 'PATCH', url: 'http://a.example/' }
    const resumed = new AttemptLog({ ...head, reason: 'resume', offset: 600 })
    resumed.head(true, false, false)
    resumed.final(413, true)
    log.attempts.push(resumed)
    expect(log.snapshot()).to.include({ outcome: 'refused', savedBytes: 400 })
  })
})
