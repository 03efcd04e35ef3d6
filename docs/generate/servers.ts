/** The result of one upload to a server. */
interface Row {
  readonly server: string
  readonly case: string
  readonly length: string
  readonly status: string
  readonly outcome: string
  readonly sent: string
}

const columns: Readonly<Record<keyof Row, string>> = {
  server: 'server',
  case: 'case',
  length: 'length',
  status: 'the caller got',
  outcome: 'outcome',
  sent: '`sentBytes`',
}

/** The answer of a server to an expectation, by the outcome of an accepted upload. */
const says: Readonly<Record<string, string>> = {
  continued: '100',
  silent: 'nothing',
  replayed: '417',
  answered: '2xx',
}

const refusals = ['too large', 'no credentials', 'no such place']

/** docs/servers.md, with a row for each server before the rows for each upload. */
export function serversPage(source: string): string {
  // The table over TLS has other columns.
  const [plain = ''] = source.split('\n## ')
  const rows = rowsOf(plain)
  const servers = [...new Set(rows.map(({ server }) => server))]
  const named = (server: string) => rows.filter((row) => row.server === server)
  const table = [
    `| server | responds to \`Expect\` with | ${refusals.join(' | ')} | moved (307) |`,
    `| ${'--- | '.repeat(refusals.length + 3).trim()}`,
    ...servers.map((server) => `| ${[server, ...summaryOf(named(server))].join(' | ')} |`),
  ].join('\n')
  return `# Servers

This table shows how ${servers.length} configurations of real servers respond to uploads of 8 MiB. "No body" means that the
server refused before the body, so no byte of it was sent. "Part" and "all" say how much had been sent when the refusal arrived.
Where a body of unknown length (a stream) had another result, the result is in parentheses. Every upload that succeeded for the
caller was stored once, byte for byte.

${table}

## Each upload

${source.replace(/^# .*\n/, '').trim()}
`
}

function rowsOf(source: string): Row[] {
  const [head, , ...lines] = source.split('\n').filter((line) => line.startsWith('|'))
  const names = cellsOf(head ?? '')
  const at = (name: string): number => {
    const found = names.indexOf(name)
    if (found < 0) throw new Error(`docs/servers.md has no column '${name}'`)
    return found
  }
  const places = Object.entries(columns).map(([key, name]) => [key, at(name)] as const)
  return lines.map(cellsOf).map((cells) => {
    const entries = places.map(([key, place]) => [key, cells[place] ?? ''])
    return Object.fromEntries(entries) as Row
  })
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

function summaryOf(rows: readonly Row[]): string[] {
  const cases = (name: string, tell: (row: Row) => string): string => {
    const [first, second] = rows.filter((row) => row.case === name)
    if (first === undefined) return '–'
    const one = tell(first)
    const other = second === undefined ? one : tell(second)
    if (one === other) return one
    // A status that both have is printed once.
    const status = one.split(', ', 1)[0]
    return `${one} (stream: ${other.replace(`${status}, `, '')})`
  }
  return [
    cases('accept', ({ outcome }) => says[outcome] ?? outcome),
    ...refusals.map((name) => cases(name, refused)),
    cases('moved', ({ status }) => (status === '307' ? '307 returned' : 'followed')),
  ]
}

function refused({ status, sent }: Row): string {
  const amount = sent === 'some' ? 'part' : sent
  return `${status}, ${sent === 'none' ? 'no body' : amount}`
}
