import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

const guides = [
  ['Upload a large file', 'large-file'],
  ['fetch and undici', 'fetch'],
  ['Progress', 'progress'],
  ['401 and signing', 'authentication'],
  ['Retries and redirects', 'retries'],
  ['Resume an interrupted upload', 'resume'],
  ['Timeouts', 'timeouts'],
  ['Behind a proxy', 'proxy'],
  ['TLS and sockets', 'connections'],
  ['Gateways', 'gateway'],
  ['Servers that never answer', 'memory'],
  ['Order of interceptors', 'interceptors'],
  ['Testing your code', 'testing'],
] as const

const clients = [
  ['Amazon S3', 's3'],
  ['Azure Blob Storage', 'azure'],
  ['tus', 'tus'],
  ['axios', 'axios'],
  ['OpenAI and clients like it', 'openai'],
  ['Elasticsearch', 'elasticsearch'],
  ['Deno, Bun and others', 'deno-bun'],
  ['Bundlers', 'bundlers'],
] as const

const item =
  (folder: string) =>
  ([text, name]: readonly [string, string]) => ({
    text,
    link: `/${folder}/${name}`,
  })

const apiPages = ['', '/testing', '/adapters/azure', '/adapters/tus'].map((entry) => ({
  text: `expect-continue${entry}`,
  link: `/reference/api/expect-continue${entry.replaceAll('/', '-')}`,
}))

/** The accessible name must begin with the visible text. */
const searchButton = { buttonText: 'Search (Ctrl K)', buttonAriaLabel: 'Search (Ctrl K)' }

/** Settings of VitePress: https://vitepress.dev/reference/site-config */
export default defineConfig({
  title: 'expect-continue',
  description: 'Upload with Expect: 100-continue from Node.js',
  lang: 'en',
  outDir: '../site',
  // docs/generate/ makes pages of these.
  srcExclude: ['servers.md', 'comparison.md', 'benchmarks.md', 'speed.md', '**/_*.md'],
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // Makes plots scrollable with the keyboard on a narrow screen.
    config: ({ renderer: { rules } }) => {
      const { image } = rules
      rules.image = (...given) => `<span class="plot" tabindex="0">${image?.(...given)}</span>`
    },
  },
  themeConfig: {
    nav: [
      { text: 'Learn', link: '/learn/what-is-expect', activeMatch: '^/learn/' },
      { text: 'Guides', link: '/guides/large-file', activeMatch: '^/guides/' },
      { text: 'Reference', link: '/reference/options', activeMatch: '^/reference/' },
      { text: 'Project', link: '/project/servers', activeMatch: '^/project/' },
    ],
    sidebar: [
      {
        text: 'Learn',
        items: [
          { text: 'What is Expect?', link: '/learn/what-is-expect' },
          { text: 'See the exchange', link: '/learn/exchange' },
          { text: 'Quick start', link: '/learn/quick-start' },
        ],
      },
      { text: 'Guides', items: guides.map(item('guides')) },
      { text: 'Guides for clients', items: clients.map(item('guides')) },
      {
        text: 'Reference',
        items: [
          { text: 'What happens when', link: '/reference/outcomes' },
          { text: 'Options', link: '/reference/options' },
          { text: 'Report', link: '/reference/report' },
          { text: 'Errors', link: '/reference/errors' },
          { text: 'Diagnostics', link: '/reference/diagnostics' },
          { text: 'Command', link: '/reference/command' },
          { text: 'Limits', link: '/reference/limits' },
        ],
      },
      { text: 'API', items: apiPages },
      {
        text: 'Project',
        items: [
          { text: 'Servers', link: '/project/servers' },
          { text: 'Comparison', link: '/project/comparison' },
          { text: 'Benchmarks', link: '/project/benchmarks' },
          { text: 'Speed', link: '/project/speed' },
          { text: 'How it is measured', link: '/project/measuring' },
          { text: 'Security', link: '/project/security' },
          { text: 'Contributing', link: '/project/contributing' },
          { text: 'Changes', link: '/project/changelog' },
        ],
      },
    ],
    outline: [2, 3],
    search: { provider: 'local', options: { translations: { button: searchButton } } },
    footer: { message: `Version ${version}. MIT licence.` },
  },
  buildEnd({ outDir, srcDir }) {
    copyFileSync(join(srcDir, 'benchmarks.json'), join(outDir, 'benchmarks.json'))
  },
})
