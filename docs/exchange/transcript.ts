import { timeText } from '../../lib/report/timeline/amount.ts'
import type { WireLine } from './recording.ts'

/** Fields that matter to the exchange; the others of a head are left out. */
const telling = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'expect',
  'authorization',
  'www-authenticate',
  'location',
  'retry-after',
  'connection',
])

/** What went over the wire, as text in the manner of curl. */
export function transcriptOf(wire: readonly WireLine[]): string {
  let connection = 0
  const lines: string[] = []
  for (const line of wire) {
    if (line.connection !== connection) lines.push(`connection ${line.connection}`)
    connection = line.connection
    const [first = '', ...fields] = line.text.split('\n')
    lines.push(`${timeText(line.atMs).padStart(9)} ${line.direction} ${first}`)
    for (const field of fields) {
      const name = field.slice(0, field.indexOf(':')).toLowerCase()
      if (telling.has(name)) lines.push(`          ${line.direction} ${field}`)
    }
  }
  return lines.join('\n')
}
