import { escaped } from './markdown.ts'

/** A page of the site, but for what all pages have. */
export interface Page {
  /** The file's name without its ending. */
  readonly name: string
  readonly title: string
  /** What the links to it say; `null` where there are none on every page. */
  readonly label: string | null
  readonly body: string
  /** A module to run. */
  readonly script?: string
}

/** A whole HTML document. */
export function documentOf(page: Page, all: readonly Page[]): string {
  const links = all
    .filter(({ label }) => label !== null)
    .map(({ name, label }) => {
      const current = name === page.name ? ' aria-current="page"' : ''
      return `<a href="${name}.html"${current}>${escaped(label ?? '')}</a>`
    })
  const script =
    page.script === undefined ? '' : `\n<script type="module" src="${page.script}"></script>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="site.css">
<title>${escaped(page.title)}</title>${script}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><nav aria-label="Pages">${links.join('\n')}</nav></header>
<main id="main">
${page.body}
</main>
</body>
</html>
`
}
