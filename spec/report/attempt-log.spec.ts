import { expect } from 'chai'
import { AttemptLog } from '../../lib/report/attempt-log.ts'
import { standingClock } from '../support/clock.ts'

const url = 'http://uploads.example/videos'

function attemptAt(startedAtMs: number): AttemptLog {
  return new AttemptLog({ reason: 'first', startedAtMs, delayMs: 0, method: 'PUT', url })
}

describe('AttemptLog', () => {
  it('starts without times and bytes', () => {
    expect(attemptAt(0).snapshot()).to.deep.equal({
      reason: 'first',
      startedAtMs: 0,
      delayMs: 0,
      method: 'PUT',
      url,
      asked: false,
      headAtMs: null,
      interim: [],
      contentAtMs: null,
      contentEndAtMs: null,
      status: null,
      statusAtMs: null,
      sentBytes: 0,
      waitedMs: 0,
      waitLimitMs: 0,
      reusedConnection: false,
      httpVersion: null,
    })
  })

  it('records an attempt with an expectation that got a 100', () => {
    const clock = standingClock()
    clock.tick(1000)
    const attempt = attemptAt(0)
    clock.tick(5)
    attempt.head(true, true, false)
    attempt.waitLimitMs = 500
    clock.tick(10)
    attempt.noteInterim(103)
    clock.tick(20)
    attempt.noteInterim(100)
    attempt.release('continue')
    attempt.sentBytes += 7
    clock.tick(40)
    attempt.contentEnds()
    clock.tick(50)
    attempt.final(201, false)
    expect(attempt.snapshot()).to.deep.equal({
      reason: 'first',
      startedAtMs: 0,
      delayMs: 0,
      method: 'PUT',
      url,
      asked: true,
      headAtMs: 5,
      interim: [
        { status: 103, atMs: 15 },
        { status: 100, atMs: 35 },
      ],
      contentAtMs: 35,
      contentEndAtMs: 75,
      status: 201,
      statusAtMs: 125,
      sentBytes: 7,
      waitedMs: 30,
      waitLimitMs: 500,
      reusedConnection: true,
      httpVersion: '1.1',
    })
  })

  it('counts the wait up to the response when no content was sent', () => {
    const clock = standingClock()
    clock.tick(1)
    const attempt = attemptAt(0)
    attempt.head(true, false, false)
    clock.tick(12)
    attempt.final(403, true)
    expect(attempt.waitedMs).to.equal(12)
  })

  it('counts no wait without an expectation', () => {
    const clock = standingClock()
    clock.tick(1)
    const attempt = attemptAt(0)
    attempt.head(false, false, false)
    clock.tick(12)
    attempt.final(403, false)
    expect(attempt.waitedMs).to.equal(0)
  })

  it('counts no wait when no head was sent', () => {
    const clock = standingClock()
    clock.tick(1)
    const attempt = attemptAt(0)
    clock.tick(12)
    attempt.final(403, true)
    expect(attempt.waitedMs).to.equal(0)
  })

  it('starts the content with the head without an expectation', () => {
    const clock = standingClock()
    const attempt = attemptAt(20)
    clock.tick(3)
    attempt.head(false, false, false)
    expect(attempt.snapshot()).to.include({ startedAtMs: 20, headAtMs: 3, contentAtMs: 3 })
  })

  it('has no content times without content', () => {
    const attempt = attemptAt(0)
    attempt.hasContent = false
    attempt.head(false, false, false)
    attempt.contentEnds()
    expect(attempt.snapshot()).to.include({ contentAtMs: null, contentEndAtMs: null })
  })

  it('uses the time of the first content without a gate', () => {
    const clock = standingClock()
    const attempt = attemptAt(0)
    clock.tick(4)
    attempt.contentFlows()
    clock.tick(5)
    attempt.contentFlows()
    attempt.contentEnds()
    expect(attempt.snapshot()).to.include({ headAtMs: null, contentAtMs: 4, contentEndAtMs: 9 })
  })

  for (const [status, contentEndAtMs] of [
    [200, null],
    [300, 7],
  ] as const) {
    const ends = contentEndAtMs === null ? 'continues' : 'ends'
    it(`says that content ${ends} at a ${status} before its end`, () => {
      const clock = standingClock()
      const attempt = attemptAt(0)
      attempt.head(false, false, false)
      clock.tick(7)
      attempt.final(status, false)
      expect(attempt.snapshot()).to.include({ contentAtMs: 0, contentEndAtMs, statusAtMs: 7 })
    })
  }

  it('moves from phase to phase', () => {
    const attempt = attemptAt(0)
    const phases = [attempt.phase]
    attempt.head(true, false, false)
    phases.push(attempt.phase)
    attempt.release('timeout')
    phases.push(attempt.phase)
    attempt.final(200, false)
    phases.push(attempt.phase)
    expect(phases).to.deep.equal(['connecting', 'waiting', 'sending', 'responding'])
  })

  it('is in the phase sending without an expectation', () => {
    const attempt = attemptAt(0)
    attempt.head(false, false, false)
    expect(attempt.phase).to.equal('sending')
  })

  it('computes the rate from the start of the content', () => {
    const clock = standingClock()
    const attempt = attemptAt(0)
    attempt.head(true, false, false)
    clock.tick(5000)
    expect(attempt.rate).to.equal(0)
    attempt.release('timeout')
    attempt.sentBytes = 1000
    expect(attempt.rate, 'when no time has gone by').to.equal(0)
    clock.tick(500)
    expect(attempt.rate).to.equal(2000)
  })

  it('returns a snapshot that does not change', () => {
    const attempt = attemptAt(0)
    attempt.noteInterim(103)
    const { interim } = attempt.snapshot()
    attempt.noteInterim(100)
    expect(interim).to.have.length(1)
    expect(interim[0]).not.to.equal(attempt.interim[0])
  })
})
