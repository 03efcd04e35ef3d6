import { countsOf } from '../support/holdings.ts'
import type { Breach, Finding } from './ledger.ts'
import type { Received } from './plays.ts'
import type { Told } from './told.ts'

/** What a run came to. */
export interface Results {
  readonly tolds: readonly Told[]
  readonly received: Received
  readonly findings: readonly Finding[]
  readonly seconds: number
  readonly seed: number
}

/** What has to be 0, in the order in which it is told. */
const breaches: readonly Breach[] = [
  'lost',
  'doubled',
  'truncated',
  'foreign',
  'misreported',
  'hung',
  'leaked',
]

/** What a run came to, as text. */
export function summary({ tolds, received, findings, seconds, seed }: Results): string {
  const { requests, messages } = received
  const mebibytes = messages.reduce((sum, { bytes }) => sum + bytes, 0) / 1_048_576
  const verdict = breaches.map((breach) => {
    const count = findings.filter((finding) => finding.breach === breach).length
    return `${count} ${breach}`
  })
  return [
    table('outcome', tolds.map(outcomeOf)),
    table(
      'status',
      tolds.flatMap(({ status }) => (status === null ? [] : [String(status)])),
    ),
    table(
      'error',
      tolds.flatMap(({ error }) => (error === null ? [] : [error])),
    ),
    `${tolds.length} uploads in ${seconds.toFixed(1)} s: ${requests} requests, ${messages.length} complete messages, ${mebibytes.toFixed(0)} MiB`,
    ...findings.map((finding) => told(finding, seed)),
    verdict.join(', '),
  ].join('\n')
}

function outcomeOf({ report, error, status, hung }: Told): string {
  if (hung) return 'hung'
  if (report !== null) return report.outcome
  return error !== null && status === null ? 'failed' : 'without a report'
}

function table(title: string, values: readonly string[]): string {
  const counts = [...countsOf(values)].sort((one, other) => other[1] - one[1])
  const width = Math.max(title.length, ...counts.map(([value]) => value.length))
  const rows = counts.map(([value, count]) => `${value.padEnd(width)}  ${count}`)
  return `${title.padEnd(width)}  uploads\n${rows.join('\n')}\n`
}

function told({ breach, upload, text }: Finding, seed: number): string {
  if (upload === null) return `${breach}: ${text}`
  const again = `npm run chaos -- --seed ${seed} --session ${upload.split('.')[0]}`
  return `${breach}: upload ${upload}: ${text}\n  ${again}`
}
