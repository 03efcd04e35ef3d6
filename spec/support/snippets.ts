import { globSync, readFileSync } from 'node:fs'

/** A piece of TypeScript in a Markdown file. */
interface Snippet {
  /** The file and the line that it begins at. */
  readonly name: string
  readonly code: string
  /** Why it cannot be run here; `null` where it can. */
  readonly noRun: string | null
  /** What it says that it prints, line by line. */
  readonly prints: readonly string[]
}

/** The snippets of README and of the pages that are written by hand, in the order of their files. */
export function snippets(): Snippet[] {
  const pages = globSync('docs/{learn,guides,reference}/[!_]*.md').sort()
  return ['README.md', 'docs/index.md', ...pages].flatMap((file) =>
    snippetsOf(file, readFileSync(file, 'utf8')),
  )
}

/**
 * The snippets of a file: what stands between "```ts" and "```". One that cannot be run says why,
 * "```ts no-run: it needs an account".
 */
export function snippetsOf(file: string, text: string): Snippet[] {
  const found: Snippet[] = []
  for (const match of text.matchAll(/^```ts(?: no-run: ([^\n]+))?\n(.*?)^```$/gms)) {
    const [, noRun = null, code = ''] = match
    const line = text.slice(0, match.index).split('\n').length + 1
    found.push({ name: `${file}:${line}`, code, noRun, prints: printsOf(code) })
  }
  return found
}

/** What the comments behind the calls of `console.log` say that is printed. */
function printsOf(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\).* \/\/ (.+)$/gm)].map(([, said = '']) => said)
}
