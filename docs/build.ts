import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import type { Recording } from './exchange/recording.ts'
import { apiBody } from './site/api.ts'
import { exchangeBody } from './site/exchange.ts'
import { anchorsOf, htmlOf } from './site/markdown.ts'
import { documentOf, type Page } from './site/page.ts'
import { readmePages } from './site/readme.ts'
import { recipes } from './site/recipes.ts'

const root = new URL('../', import.meta.url)
const site = new URL('site/', root)

/** What stands beside the pages of Markdown, and is linked from them. */
const files = readdirSync(import.meta.dirname).filter((name) => /\.(svg|json)$/.test(name))

/** A page that is written in Markdown. */
interface Written {
  readonly name: string
  readonly title: string
  readonly label: string | null
  /** The file it comes from, from the top of the project. */
  readonly path: string
  readonly source: string
}

/** Writes the manual to `site/`; the page about the exchange has its module there already. */
function main(): void {
  const recordings = read('docs/exchange/recordings.json')
  const parsed: readonly Recording[] = JSON.parse(recordings)
  const written = writtenPages()
  const made: Page[] = written.map((page) => ({
    ...page,
    body: htmlOf(page.source, (href) => linkOf(href, page, written)),
  }))
  const exchange: Page = {
    name: 'exchange',
    title: 'See the exchange',
    label: 'See the exchange',
    body: exchangeBody(parsed),
    script: 'docs/exchange/main.js',
  }
  const api: Page = { name: 'api', title: 'API', label: 'API', body: apiBody(root) }
  const pages = [...made.slice(0, 1), exchange, ...made.slice(1, 3), api, ...made.slice(3)]
  mkdirSync(site, { recursive: true })
  for (const page of pages) {
    writeFileSync(new URL(`${page.name}.html`, site), documentOf(page, pages))
  }
  writeFileSync(new URL('exchange.json', site), recordings)
  for (const name of files) copyFileSync(new URL(name, import.meta.url), new URL(name, site))
  copyFileSync(new URL('site/site.css', import.meta.url), new URL('site.css', site))
  console.log(`site/: ${pages.map(({ name }) => `${name}.html`).join(', ')}`)
}

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8')
}

function writtenPages(): Written[] {
  const readme = readmePages(read('README.md'))
  const sources = [
    ['servers', 'Servers', 'docs/servers.md'],
    ['comparison', 'Comparison', 'docs/comparison.md'],
    ['benchmarks', 'Benchmarks', 'docs/benchmarks.md'],
    ['speed', 'Speed', 'docs/speed.md'],
    ['bench', 'The bench', 'bench/README.md'],
    ['security', 'Security', 'SECURITY.md'],
    ['contributing', 'Contributing', 'CONTRIBUTING.md'],
    ['changelog', 'Changes', 'CHANGELOG.md'],
  ] as const
  return [
    page('index', 'expect-continue', 'README.md', readme.index),
    page('guide', 'Guide', 'README.md', readme.guide),
    page('tables', 'What happens when', 'README.md', readme.tables),
    page('recipes', 'Recipes', 'examples', recipes(new URL('examples/', root))),
    ...sources
      .filter(([, , path]) => existsSync(new URL(path, root)))
      .map(([name, title, path]) => page(name, title, path, read(path))),
  ]
}

function page(name: string, title: string, path: string, source: string): Written {
  return { name, title, label: title, path, source }
}

/** Where a link leads in the site: the README's sections are in several pages. */
function linkOf(href: string, from: Written, all: readonly Written[]): string {
  if (/^[a-z]+:/.test(href)) return href
  const [path = '', anchor] = href.split('#')
  if (files.includes(path)) return path
  const example = /^examples\/([\w-]+)\.ts$/.exec(path)?.[1]
  if (example !== undefined) return linkOf(`examples#${example}`, from, all)
  const target = path === '' ? from.path : new URL(path, `file:///${from.path}`).pathname.slice(1)
  const page = all.find(
    (each) =>
      each.path === target && (anchor === undefined || anchorsOf(each.source).includes(anchor)),
  )
  if (page === undefined) {
    throw new Error(
      `${from.path} links to ${href}, which the site does not have; add the page in docs/build.ts, or mend the link`,
    )
  }
  return `${page.name}.html${anchor === undefined ? '' : `#${anchor}`}`
}

main()
