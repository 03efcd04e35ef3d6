import { writeFileSync } from 'node:fs'
import { clients } from './clients.ts'
import { columns } from './columns.ts'
import { readVersions } from './versions.ts'

const lines = [
  `| client | asks by | ${columns.map(({ title }) => title).join(' | ')} |`,
  `| --- | --- |${' --- |'.repeat(columns.length)}`,
]
for (const client of clients) {
  const cells: string[] = []
  // One that refuses the header is measured without it, once that is known.
  let asks = true
  for (const { answer } of columns) {
    const cell = await answer(client, asks)
    cells.push(cell)
    if (cells.length === 1 && cell.startsWith('fails')) asks = false
  }
  lines.push(`| ${client.name} | ${client.asksBy} | ${cells.join(' | ')} |`)
  process.stderr.write(`${lines.at(-1)}\n`)
}

const text = `# Clients compared

What each client does with 32 MiB that can be read once, sent to an origin on 127.0.0.1: one that
takes 200 ms to say go, one that never says it, one that answers 417, 307 or 413 at once and then
closes the connection, as servers do that will not read on. Content is compared by its sha256. A client that
refuses the \`Expect\` header is measured without it. Made by \`npm run compare\`; ${readVersions()}.

${lines.join('\n')}
`

writeFileSync('docs/comparison.md', text)
process.stdout.write(text)
process.exit()
