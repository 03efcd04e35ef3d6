import { expect } from 'chai'
import { ExpectAgent } from '../lib/agent.ts'
import type { AttemptReport } from '../lib/report.ts'
import { startOrigin } from '../lib/testing/index.ts'
import { upload } from '../lib/upload.ts'
import { closeLater } from './support/closing.ts'

/** Long enough for the content to be more than one write. */
const content = Buffer.alloc(1_200_000, 'x')

async function attemptsWith(
  mode: 'go' | number,
  expectation: 'always' | 'never',
): Promise<readonly AttemptReport[]> {
  const origin = await startOrigin({ mode })
  closeLater(() => origin.close())
  const dispatcher = new ExpectAgent({ memory: false })
  closeLater(() => dispatcher.close())
  const { response, report } = await upload(origin.url, content, {
    dispatcher,
    expect: expectation,
    threshold: 0,
  })
  await response.text()
  return report.attempts
}

/** The times of an attempt in the order of what they are of; what did not happen is left out. */
function timesOf(attempt: AttemptReport | undefined): number[] {
  const { headAtMs, interim, contentAtMs, contentEndAtMs, statusAtMs } = attempt as AttemptReport
  const times = [headAtMs, ...interim.map(({ atMs }) => atMs), contentAtMs]
  return [...times, contentEndAtMs, statusAtMs].filter((time) => time !== null)
}

const ascending = (times: readonly number[]): number[] => [...times].sort((a, b) => a - b)

describe('the times of an attempt', () => {
  it('follow one another: head, go-ahead, content, response', async () => {
    const [attempt] = await attemptsWith('go', 'always')
    const times = timesOf(attempt)
    expect(times).to.have.length(5).and.to.deep.equal(ascending(times))
  })

  it('have no content when it was refused', async () => {
    const [attempt] = await attemptsWith(413, 'always')
    const times = timesOf(attempt)
    expect(attempt).to.include({ contentAtMs: null, contentEndAtMs: null })
    expect(times).to.have.length(2).and.to.deep.equal(ascending(times))
  })

  it('begin an attempt after the answer to the one before it', async () => {
    const [refused, replay] = await attemptsWith(417, 'always')
    const answered = (refused?.startedAtMs ?? 0) + (refused?.statusAtMs ?? 0)
    expect(ascending(timesOf(replay))).to.deep.equal(timesOf(replay))
    expect(timesOf(replay)).to.have.length(4)
    // Each of the two was rounded to a tenth.
    expect(replay?.startedAtMs).to.be.at.least(answered - 0.2)
  })

  it('tell of content that undici sends by itself', async () => {
    const [attempt] = await attemptsWith('go', 'never')
    const times = timesOf(attempt)
    expect(times).to.deep.equal(ascending(times))
    expect(attempt?.contentAtMs).to.be.a('number')
    expect(attempt).to.include({ headAtMs: null, contentEndAtMs: null })
  })
})
