import { expect } from 'chai'
import { AttemptLog } from '../../lib/report/attempt-log.ts'
import type { AttemptReason, Progress, UploadOutcome } from '../../lib/report/report.ts'
import { UploadLog } from '../../lib/report/upload-log.ts'
import { standingClock } from '../support/clock.ts'

const url = 'http://uploads.example/videos'

function attemptOf(upload: UploadLog, reason: AttemptReason = 'first'): AttemptLog {
  const attempt = new AttemptLog({ reason, startedAtMs: 0, delayMs: 0, method: 'PUT', url })
  upload.attempts.push(attempt)
  return attempt
}

describe('UploadLog', () => {
  const outcomes: readonly (readonly [UploadOutcome, string, (upload: UploadLog) => void])[] = [
    ['not-asked', 'nothing was tried', () => {}],
    [
      'not-asked',
      'the head was sent without an expectation',
      (upload) => attemptOf(upload).head(false, false, false),
    ],
    [
      'not-asked',
      'nothing was answered yet',
      (upload) => attemptOf(upload).head(true, false, false),
    ],
    ['continued', 'a 100 arrived', (upload) => attemptOf(upload).release('continue')],
    ['silent', 'the wait ran out', (upload) => attemptOf(upload).release('timeout')],
    ['refused', 'a 403 arrived first', (upload) => attemptOf(upload).final(403, true)],
    ['refused', 'a 300 arrived first', (upload) => attemptOf(upload).final(300, true)],
    ['answered', 'a 204 arrived first', (upload) => attemptOf(upload).final(204, true)],
    [
      'continued',
      'a 413 arrived while content was sent',
      (upload) => {
        const attempt = attemptOf(upload)
        attempt.release('continue')
        attempt.final(413, false)
      },
    ],
    [
      'answered',
      'a 200 was complete while content went out',
      (upload) => {
        const attempt = attemptOf(upload)
        attempt.release('continue')
        attempt.final(200, false)
        attempt.cutShort = true
      },
    ],
    [
      'silent',
      'a 300 was complete while content went out',
      (upload) => {
        const attempt = attemptOf(upload)
        attempt.release('timeout')
        attempt.final(300, false)
        attempt.cutShort = true
      },
    ],
    [
      'replayed',
      'a 417 arrived and then a 201',
      (upload) => {
        attemptOf(upload).final(417, true)
        attemptOf(upload, 'replay').final(201, false)
      },
    ],
    [
      'refused',
      'a 417 arrived and no replay was possible',
      (upload) => attemptOf(upload).final(417, true),
    ],
    [
      'refused',
      'a redirect was followed after a replay, and refused',
      (upload) => {
        attemptOf(upload, 'replay').final(307, false)
        attemptOf(upload).final(403, true)
      },
    ],
  ]
  for (const [outcome, when, play] of outcomes) {
    it(`has the outcome ${outcome} when ${when}`, () => {
      const upload = new UploadLog()
      play(upload)
      expect(upload.snapshot().outcome).to.equal(outcome)
    })
  }

  it('sums up its attempts', () => {
    const clock = standingClock()
    clock.tick(1)
    const upload = new UploadLog()
    upload.reason = 'always'
    upload.total = 10
    const first = attemptOf(upload)
    first.head(true, false, false)
    clock.tick(30)
    first.final(417, true)
    first.sentBytes = 3
    const second = attemptOf(upload)
    second.head(false, false, false)
    second.sentBytes = 10
    second.final(201, false)
    const report = upload.snapshot()
    expect(report).to.deep.include({ asked: true, reason: 'always', waitedMs: 30, sentBytes: 10 })
    expect(report).to.include({ status: 201, ok: true })
    expect(report.attempts).to.deep.equal([first.snapshot(), second.snapshot()])
  })

  type Savings = readonly [number, number | null, number, (attempt: AttemptLog) => void]
  const savings: readonly Savings[] = [
    [10, 10, 0, (attempt) => attempt.final(413, true)],
    [10, 10, 0, (attempt) => attempt.final(200, true)],
    [0, null, 0, (attempt) => attempt.final(413, true)],
    [0, 10, 4, (attempt) => attempt.final(413, false)],
    [
      6,
      10,
      4,
      (attempt) => {
        attempt.final(200, false)
        attempt.cutShort = true
      },
    ],
  ]
  for (const [saved, total, sent, play] of savings) {
    it(`reports ${saved} of ${total} bytes as saved when ${sent} were sent`, () => {
      const upload = new UploadLog()
      upload.total = total
      const attempt = attemptOf(upload)
      attempt.sentBytes = sent
      play(attempt)
      expect(upload.snapshot().savedBytes).to.equal(saved)
    })
  }

  it('is plain JSON data', () => {
    const upload = new UploadLog()
    const attempt = attemptOf(upload)
    attempt.noteInterim(103)
    attempt.final(200, false)
    const report = upload.snapshot()
    expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report)
  })

  it('counts time from its creation', () => {
    const clock = standingClock()
    clock.tick(9)
    const upload = new UploadLog()
    clock.tick(30)
    expect(upload.elapsedMs).to.equal(30)
  })

  it('returns the current state of the upload', () => {
    const upload = new UploadLog()
    const start = { phase: 'connecting', sentBytes: 0, attempt: 0, status: null }
    expect(upload.place()).to.deep.equal(start)
    attemptOf(upload).sentBytes = 3
    const second = attemptOf(upload)
    second.sentBytes = 4
    second.final(500, false)
    const place = { phase: 'responding', sentBytes: 4, attempt: 2, status: 500 }
    expect(upload.place()).to.deep.equal(place)
  })

  it('returns the status of an earlier attempt when the last one has none', () => {
    const upload = new UploadLog()
    attemptOf(upload).final(417, true)
    attemptOf(upload)
    expect(upload.place()).to.include({ phase: 'connecting', attempt: 2, status: 417 })
  })

  it('calls onProgress', () => {
    const clock = standingClock()
    const reported: Progress[] = []
    const upload = new UploadLog({ onProgress: (progress) => reported.push(progress) })
    upload.total = 2000
    const attempt = attemptOf(upload)
    clock.tick(1000)
    attempt.head(false, false, false)
    attempt.sentBytes = 500
    clock.tick(250)
    upload.progress(attempt)
    expect(reported).to.deep.equal([{ phase: 'sending', sent: 500, total: 2000, rate: 2000 }])
  })

  it('works without onProgress', () => {
    const upload = new UploadLog()
    expect(() => upload.progress(attemptOf(upload))).not.to.throw()
  })
})
