import { countsOf } from '../support/holdings.ts'
import type { Breach, Finding } from './ledger.ts'
import type { Received } from './plays.ts'
import type { Told } from './told.ts'
import { transports } from './transports.ts'

export interface Results {
  readonly tolds: readonly Told[]
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

export function summary({ tolds, received, findings, seconds, seed }: Results): string {
  const { requests, messages } = received
  const mebibytes = messages.reduce((sum, { bytes }) => sum + bytes, 0) / 1_048_576
  const verdict = breaches.map((breach) => {
    const count = findings.filter((finding) => finding.breach === breach).length
    return `${count} ${breach}`
  })
  return [
    table('outcome', tolds, outcomeOf),
    table('status', tolds, ({ status }) => (status === null ? null : String(status))),
    table('error', tolds, ({ error }) => error),
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

/** How often each value occurs, in total and for each transport. */
function table(
  title: string,
  tolds: readonly Told[],
  kindOf: (told: Told) => string | null,
): string {
  const columns = ['uploads', ...Object.keys(transports)]
  const counts = columns.map((column) => {
    const own = tolds.filter(({ plan }) => column === 'uploads' || column === plan.transport)
    return countsOf(own.flatMap((told) => kindOf(told) ?? []))
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

function told({ breach, upload, text }: Finding, seed: number): string {
  if (upload === null) return `${breach}: ${text}`
  const again = `npm run chaos -- --seed ${seed} --session ${upload.split('.')[0]}`
  return `${breach}: upload ${upload}: ${text}\n  ${again}`
}
