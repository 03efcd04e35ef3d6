import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { clients } from './clients.ts'
import { columns } from './columns.ts'

const packages = ['undici', 'axios', 'got', 'node-fetch', '@smithy/node-http-handler']

/** The compared packages and their versions. */
function readVersions(): string {
  const installed = packages.map((name) => `${name} ${versionOf(name)}`)
  const [curl = 'curl'] = spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout.split(' (')
  return [`Node.js ${process.versions.node}`, ...installed, curl].join(', ')
}

function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'))
  return version
}

const lines = [
  `| client | asks by | ${columns.map(({ title }) => title).join(' | ')} |`,
  `| --- | --- |${' --- |'.repeat(columns.length)}`,
]
for (const client of clients) {
  const cells: string[] = []
  // A client that rejects the header field is measured without it.
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

This table shows what each client does with 32 MiB that can be read only once. It sends them to a server on 127.0.0.1 that
sends a 100 after 200 ms, never sends one, or responds with 417, 307 or 413 at once and then closes the connection, as
servers do that do not read the rest. The received bytes are compared by their sha256. A client that rejects the \`Expect\`
header is measured without it. Made by \`npm run compare\`; ${readVersions()}.

${lines.join('\n')}
`

writeFileSync('docs/comparison.md', text)
process.stdout.write(text)
process.exit()
