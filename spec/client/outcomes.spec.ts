import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import { type SeenRequest, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import {
  type Becomes,
  movedPath,
  type OutcomeRow,
  outcomes,
  outcomesTable,
} from '../support/outcomes.ts'

const bytes = noise(200_000)
const contents: Record<'replayable' | 'oneShot', () => ContentInput> = {
  replayable: () => bytes,
  oneShot: () => Readable.from([bytes.subarray(0, 65_536), bytes.subarray(65_536)]),
}

/** What the origin received of a request: no content, all of it, or a part. */
function received({ method, bytes: count, sha256: sum }: SeenRequest): string {
  if (count === 0) return `${method} nothing`
  return `${method} ${sum === sha256(bytes) ? 'all' : 'a part'}`
}

/** What the origin must receive of each request, in order. */
function wanted(becomes: Becomes, stage: 'untouched' | 'flowing'): string[] {
  const first = stage === 'untouched' ? 'PUT nothing' : 'PUT all'
  if (becomes === 'sent') return ['PUT all']
  if (becomes === 'GET after the redirect') return [first, 'GET nothing']
  if (becomes === 'returned' || becomes.startsWith('fails')) return [first]
  return [first, 'PUT all']
}

async function play(
  row: OutcomeRow,
  stage: 'untouched' | 'flowing',
  kind: 'replayable' | 'oneShot',
): Promise<{ outcome: string; origin: TestOrigin }> {
  let requests = 0
  const isFirst = ({ path }: SeenRequest): boolean => path !== movedPath && requests === 1
  const origin = await startOrigin({
    mode: (request) => {
      requests += 1
      return isFirst(request) && stage === 'untouched' ? row.early : 'go'
    },
    response: (request) => (isFirst(request) && stage === 'flowing' ? row.late : { status: 201 }),
  })
  closeLater(() => origin.close())
  // The origin is also the proxy that sends the 407.
  const dispatcher = agentFor(row.event === '407' ? { proxy: origin.url } : {})
  // The wait may only run out with a silent origin.
  const asking = { expect: 'always', continueTimeout: 60_000, replayWindow: 0 } as const
  const options = { ...asking, ...row.options, dispatcher }
  const outcome = await upload(origin.url, contents[kind](), options).then(
    ({ response }) => String(response.status),
    (error) => `fails: ${error.code}`,
  )
  return { outcome, origin }
}

function expectedStatus(row: OutcomeRow, becomes: Becomes): RegExp {
  if (becomes === 'returned') return new RegExp(`^${row.event}$`)
  if (becomes === 'fails: the error of the socket')
    return /^fails: (ECONNRESET|EPIPE|UND_ERR_SOCKET)$/
  return new RegExp(becomes.startsWith('fails') ? `^${becomes}$` : '^201$')
}

describe('an upload', () => {
  for (const row of outcomes) {
    for (const stage of ['untouched', 'flowing'] as const) {
      for (const kind of ['replayable', 'oneShot'] as const) {
        const becomes = row[stage][kind]
        const given = row.option === null ? '' : ` (with ${row.option})`
        const content = kind === 'oneShot' ? 'one-shot' : kind
        it(`${becomes}: ${row.event}, ${content} content, ${stage}${given}`, async () => {
          const { outcome, origin } = await play(row, stage, kind)
          expect(outcome).to.match(expectedStatus(row, becomes))
          expect(origin.requests.map(received)).to.deep.equal(wanted(becomes, stage))
        })
      }
    }
  }
})

describe('the reference page about outcomes', () => {
  it('has the table of outcomes', () => {
    expect(readFileSync('docs/reference/outcomes.md', 'utf8')).to.include(outcomesTable())
  })
})
