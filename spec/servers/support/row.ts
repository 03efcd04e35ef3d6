import type { UploadReport } from '../../../lib/report/report.ts'
import type { Case, Length } from './real/server.ts'
import type { TappedConnection } from './tap.ts'

/** The result of an upload. */
export interface Ending {
  /** `null` when it failed. */
  readonly status: number | null
  readonly report: UploadReport | null
  /** The code of the error. */
  readonly error: string | null
}

/** What a server and the caller did in one case. */
export interface Row {
  readonly server: string
  readonly case: Case
  readonly length: Length
  readonly first: Ending
  /** The connections of the first upload. */
  readonly connections: readonly TappedConnection[]
  readonly second: Ending
  /** The sha256 of each content that the first upload stored, and the second. */
  readonly stored: readonly string[]
  readonly storedThen: readonly string[]
  /** Bytes of the content. */
  readonly size: number
}

const columns = [
  'server',
  'case',
  'length',
  'the server answered',
  'content it was sent',
  'connections',
  'the caller got',
  'outcome',
  '`sentBytes`',
  'second upload',
  'its connection',
]

/** The table in Markdown. How much was sent before a refusal in mid-content depends on timing. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| ${cells(row).join(' | ')} |`)
  return [`| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`, ...lines].join('\n')
}

function cells(row: Row): string[] {
  const { first, second, size, connections } = row
  const content = connections.map((each) => amount(contentOn(each), size))
  return [
    row.server,
    row.case,
    row.length,
    connections.map(answered).join('; '),
    content.join('; '),
    String(connections.length),
    got(first),
    first.report?.outcome ?? '',
    amount(first.report?.sentBytes ?? 0, size),
    got(second),
    second.report?.attempts[0]?.reusedConnection === true ? 'the same' : 'a new one',
  ]
}

function got({ status, error }: Ending): string {
  return status === null ? `\`${error}\`` : String(status)
}

function answered({ encrypted, invited, status }: TappedConnection): string {
  if (encrypted) return 'encrypted'
  return [...(invited ? ['100'] : []), String(status ?? 'nothing')].join(', ')
}

/** The content of all requests on a connection; approximate where it is encrypted. */
export function contentOn({ encrypted, bytes, requests }: TappedConnection): number {
  if (encrypted) return bytes < 10_000 ? 0 : bytes
  return requests.reduce((sum, { content }) => sum + content.length, 0)
}

function amount(bytes: number, size: number): string {
  if (bytes === 0) return 'none'
  if (bytes < size) return 'some'
  return 'all'
}
