/** The pages of files of the project. */
const pages: Readonly<Record<string, string>> = {
  'README.md': '/learn/quick-start',
  'SECURITY.md': '/project/security',
  'CONTRIBUTING.md': '/project/contributing',
  'CHANGELOG.md': '/project/changelog',
  'docs/servers.md': '/project/servers',
  'docs/comparison.md': '/project/comparison',
  'docs/benchmarks.md': '/project/benchmarks',
  'docs/speed.md': '/project/speed',
  'bench/README.md': '/project/measuring',
}

/**
 * Markdown with links into the site.
 *
 * @param from the file that it comes from, relative to the root of the project.
 */
export function withSiteLinks(source: string, from: string): string {
  return source.replaceAll(/\]\(([^)\s]+)\)/g, (match, href: string) => {
    if (/^[a-z]+:/.test(href) || href.startsWith('#')) return match
    const [path = '', anchor] = href.split('#')
    const target = new URL(path, `file:///${from}`).pathname.slice(1)
    if (/^docs\/[\w-]+\.(svg|json)$/.test(target)) return `](../${target.slice('docs/'.length)})`
    const inner = /^docs\/((?:learn|guides|reference)\/[\w/-]+)\.md$/.exec(target)?.[1]
    const page = pages[target] ?? (inner && `/${inner}`)
    if (page === undefined) {
      throw new Error(
        `${from} links to ${href}, which the site does not have; see ${import.meta.url}`,
      )
    }
    return `](${page}.md${anchor === undefined ? '' : `#${anchor}`})`
  })
}
