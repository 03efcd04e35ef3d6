import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { apiPages, type MadePage } from './api.ts'
import { commandReference } from './command.ts'
import { withSiteLinks } from './links.ts'
import { serversPage } from './servers.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** Pages that are files of the project. */
const files = {
  servers: 'docs/servers.md',
  comparison: 'docs/comparison.md',
  benchmarks: 'docs/benchmarks.md',
  speed: 'docs/speed.md',
  measuring: 'bench/README.md',
  security: 'SECURITY.md',
  contributing: 'CONTRIBUTING.md',
  changelog: 'CHANGELOG.md',
} as const

/** Pages with wide tables and drawings. */
const wide = ['servers', 'comparison', 'benchmarks', 'contributing']
const wideLayout = '---\npageClass: wide\naside: false\n---\n\n'

/** Writes the generated pages; VitePress builds the site from these and the others. */
function main(): void {
  const project = Object.entries(files).map(([name, path]): MadePage => {
    const source = withSiteLinks(read(path), path)
    const text = name === 'servers' ? serversPage(source) : source
    return { path: `project/${name}.md`, text: wide.includes(name) ? `${wideLayout}${text}` : text }
  })
  const manual = commandReference(read('man/expect-continue.1'))
  const command = { path: 'reference/_command.md', text: manual }
  for (const { path, text } of [...project, command, ...apiPages(root)]) {
    const file = new URL(path, new URL('docs/', root))
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, `${text.trim()}\n`)
  }
}

main()
