import type { UploadReport } from '../../../lib/report/report.ts'
import type { Case, Versions } from './real/server.ts'

/** The result of an upload over TLS. */
export interface TlsEnding {
  readonly status: number
  readonly report: UploadReport
  /** The sha256 of each content that it stored. */
  readonly stored: readonly string[]
}

/** Two uploads with one agent. */
export interface TlsRow {
  readonly server: string
  readonly versions: Versions
  readonly case: Case
  readonly kind: string
  readonly first: TlsEnding
  readonly second: TlsEnding
}

const columns = [
  'server',
  'speaks',
  'case',
  'content',
  'first upload',
  'its attempts',
  'second upload',
  'its attempts',
]

/** A section of the page in Markdown. */
export function tlsSection(rows: readonly TlsRow[], size: number): string {
  const lines = rows.map(
    ({ server, versions, case: which, kind, first, second }) =>
      `| ${[server, versions, which, kind, ...cells(first, size), ...cells(second, size)].join(' | ')} |`,
  )
  return `
## Over TLS

Each row shows two uploads of ${size / 1_048_576} MiB with one agent and the default options. The servers speak both HTTP versions or one
of them. For each attempt the report lists the HTTP version, the interim and final statuses, and how much of the body was sent.
In every row, each upload that succeeded for the caller was stored once, byte for byte, and nothing else was stored. If
the refusal came without a 100 before it, no byte of the body was sent.

| ${columns.join(' | ')} |
|${' --- |'.repeat(columns.length)}
${lines.join('\n')}
`
}

function cells({ status, report }: TlsEnding, size: number): string[] {
  const attempts = report.attempts.map(({ httpVersion, interim, status: final, sentBytes }) => {
    const statuses = [...interim.map((each) => each.status), final ?? 'no answer'].join(', ')
    return httpVersion === null
      ? 'not connected'
      : `${httpVersion}: ${statuses}, ${amount(sentBytes, size)}`
  })
  return [`${status}, ${report.outcome}`, attempts.join('; ')]
}

function amount(bytes: number, size: number): string {
  if (bytes === 0) return 'none'
  return bytes < size ? 'some' : 'all'
}
