import MarkdownIt, { type Token } from 'markdown-it'

/** Answers where a link of a page leads in the site. */
export type LinkOf = (href: string) => string

const markdown = new MarkdownIt({ html: true })
const { rules } = markdown.renderer

// What is wider than the page is scrolled by itself, also from the keyboard.
rules.table_open = () =>
  '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>\n'
rules.table_close = () => '</table></div>\n'
rules.fence = (tokens, at) => codeBlock(tokens[at]?.content ?? '')

/** Code as a block of its own. */
export function codeBlock(code: string): string {
  return `<pre tabindex="0"><code>${escaped(code.trimEnd())}</code></pre>\n`
}

/** Text in HTML. */
export function escaped(text: string): string {
  return markdown.utils.escapeHtml(text)
}

/** The ids of all headings, as GitHub makes them. */
export function anchorsOf(source: string): string[] {
  return headings(markdown.parse(source, {})).map(([, id]) => id)
}

/** Markdown as HTML, its headings with ids. */
export function htmlOf(source: string, linkOf: LinkOf = (href) => href): string {
  const tokens = markdown.parse(source, {})
  for (const [heading, id] of headings(tokens)) heading.attrSet('id', id)
  for (const link of tokens.flatMap(({ children }) => children ?? [])) {
    const href = link.type === 'link_open' ? link.attrGet('href') : null
    if (href !== null) link.attrSet('href', linkOf(String(href)))
  }
  return markdown.renderer.render(tokens, markdown.options, {})
}

function headings(tokens: readonly Token[]): (readonly [Token, string])[] {
  const seen = new Map<string, number>()
  return tokens.flatMap((token, at) => {
    if (token.type !== 'heading_open') return []
    const slug = slugOf(tokens[at + 1]?.content ?? '')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return [[token, count === 0 ? slug : `${slug}-${count}`] as const]
  })
}

function slugOf(heading: string): string {
  const words = heading.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
  return words.trim().replaceAll(' ', '-')
}
