import { expect } from 'chai'
import { ExpectAgent } from '../../lib/client/agent.ts'
import { upload } from '../../lib/client/upload.ts'
import type { AttemptReport } from '../../lib/report/report.ts'
import { closeLater } from '../support/closing.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

/** More than one write. */
const content = Buffer.alloc(1_200_000, 'x')

const accept: Play = (request, response, asked) => {
  if (asked) response.writeContinue()
  request.resume().on('end', () => {
    response.statusCode = 201
    response.end()
  })
}

/** Answers this status to a request with an expectation, and accepts one without. */
function refuse(status: number): Play {
  return (request, response, asked) => {
    if (!asked) return accept(request, response, asked)
    request.resume()
    response.statusCode = status
    response.end()
  }
}

async function attemptsWith(
  offered: string,
  play: Play,
  asking: 'always' | 'never' = 'always',
): Promise<readonly AttemptReport[]> {
  const front = await tlsFront([offered], play)
  const dispatcher = new ExpectAgent({ memory: false, allowH2: true, connect: { ca: front.ca } })
  closeLater(() => dispatcher.close())
  const { response, report } = await upload(front.url, content, { dispatcher, expect: asking })
  await response.text()
  return report.attempts
}

/** The times of an attempt in order, without those that are null. */
function timesOf(attempt: AttemptReport | undefined): number[] {
  if (attempt === undefined) return []
  const { headAtMs, interim, contentAtMs, contentEndAtMs, statusAtMs } = attempt
  const times = [headAtMs, ...interim.map(({ atMs }) => atMs), contentAtMs]
  return [...times, contentEndAtMs, statusAtMs].filter((time) => time !== null)
}

const ascending = (times: readonly number[]): number[] => [...times].sort((a, b) => a - b)

describe('the times of an attempt', () => {
  for (const offered of ['http/1.1', 'h2']) {
    it(`are in order: head, 100, content, response (${offered})`, async () => {
      const [attempt] = await attemptsWith(offered, accept)
      const times = timesOf(attempt)
      expect(times).to.have.length(5).and.to.deep.equal(ascending(times))
    })

    it(`have no content when it was refused (${offered})`, async () => {
      const [attempt] = await attemptsWith(offered, refuse(413))
      const times = timesOf(attempt)
      expect(attempt).to.include({ contentAtMs: null, contentEndAtMs: null })
      expect(times).to.have.length(2).and.to.deep.equal(ascending(times))
    })

    it(`start an attempt after the response to the one before (${offered})`, async () => {
      const [refused, replay] = await attemptsWith(offered, refuse(417))
      const answered = (refused?.startedAtMs ?? 0) + (refused?.statusAtMs ?? 0)
      const times = timesOf(replay)
      expect(times).to.have.length(4).and.to.deep.equal(ascending(times))
      // Both were rounded to 0.1 ms.
      expect(replay?.startedAtMs).to.be.at.least(answered - 0.2)
    })

    it(`have no 100 without an expectation (${offered})`, async () => {
      const [attempt] = await attemptsWith(offered, accept, 'never')
      const times = timesOf(attempt)
      expect(times).to.have.length(4).and.to.deep.equal(ascending(times))
    })
  }
})
