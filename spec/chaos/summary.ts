import { countsOf } from '../support/open-resources.ts'
import type { Breach, Finding } from './ledger.ts'
import type { Received } from './plays.ts'
import { transports } from './transports.ts'
import type { UploadResult } from './upload-result.ts'

export interface Results {
  readonly uploads: readonly UploadResult[]
  readonly received: Received
  readonly findings: readonly Finding[]
  readonly seconds: number
  readonly seed: number
}

/** The counts that must be 0, in the order of the summary. */
const breaches: readonly Breach[] = [
  'lost',
  'doubled',
  'truncated',
  'foreign',
  'misreported',
  'hung',
  'leaked',
]

export function summary({ uploads: results, received, findings, seconds, seed }: Results): string {
  const { requests, messages } = received
  const mebibytes = messages.reduce((sum, { bytes }) => sum + bytes, 0) / 1_048_576
  const verdict = breaches.map((breach) => {
    const count = findings.filter((finding) => finding.breach === breach).length
    return `${count} ${breach}`
  })
  return [
    table('outcome', results, outcomeOf),
    table('status', results, ({ status }) => (status === null ? null : String(status))),
    table('error', results, ({ error }) => error),
    `${results.length} uploads in ${seconds.toFixed(1)} s: ${requests} requests, ${messages.length} complete messages, ${mebibytes.toFixed(0)} MiB`,
    ...findings.map((finding) => findingText(finding, seed)),
    verdict.join(', '),
  ].join('\n')
}

function outcomeOf({ report, error, status, hung }: UploadResult): string {
  if (hung) return 'hung'
  if (report !== null) return report.outcome
  return error !== null && status === null ? 'failed' : 'without a report'
}

/** How often each value occurs, in total and for each transport. */
function table(
  title: string,
  results: readonly UploadResult[],
  kindOf: (result: UploadResult) => string | null,
): string {
  const columns = ['uploads', ...Object.keys(transports)]
  const counts = columns.map((column) => {
    const own = results.filter(({ plan }) => column === 'uploads' || column === plan.transport)
    return countsOf(own.flatMap((result) => kindOf(result) ?? []))
  })
  const all = [...(counts[0] ?? [])].sort((one, other) => other[1] - one[1])
  const width = Math.max(title.length, ...all.map(([value]) => value.length))
  const cells = (first: string, rest: readonly string[]): string =>
    [first.padEnd(width), ...rest.map((cell, at) => cell.padStart(columns[at]?.length ?? 0))].join(
      '  ',
    )
  const rows = all.map(([value]) =>
    cells(
      value,
      counts.map((each) => String(each.get(value) ?? 0)),
    ),
  )
  return `${[cells(title, columns), ...rows].join('\n')}\n`
}

function findingText({ breach, upload, text }: Finding, seed: number): string {
  if (upload === null) return `${breach}: ${text}`
  const again = `npm run chaos -- --seed ${seed} --session ${upload.split('.')[0]}`
  return `${breach}: upload ${upload}: ${text}\n  ${again}`
}
