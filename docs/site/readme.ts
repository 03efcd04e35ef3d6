/** Which pages the README's sections are in; those that are not named are in the guide. */
const homes: Readonly<Record<string, 'index' | 'tables'>> = {
  '': 'index',
  Install: 'index',
  Use: 'index',
  'What happens when': 'tables',
}

/** The README, cut into pages at its second-level headings. */
export interface ReadmePages {
  readonly index: string
  readonly guide: string
  readonly tables: string
}

/** Cuts the README into pages. */
export function readmePages(readme: string): ReadmePages {
  const pages = { index: '', guide: '# Guide\n\n', tables: '# What happens when\n\n' }
  for (const section of sectionsOf(readme)) {
    const title = /^## (.*)/.exec(section)?.[1] ?? ''
    const page = homes[title] ?? 'guide'
    // There the section is the page.
    pages[page] += page === 'tables' ? section.replace(/^## .*\n/, '') : section
  }
  return pages
}

/** Headings stand at the beginning of lines, and so do comments in code blocks. */
function sectionsOf(readme: string): string[] {
  const sections = ['']
  let inCode = false
  for (const line of readme.split('\n')) {
    if (line.startsWith('```')) inCode = !inCode
    if (!inCode && line.startsWith('## ')) sections.push('')
    sections[sections.length - 1] += `${line}\n`
  }
  return sections
}
