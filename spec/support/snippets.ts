import { globSync, readFileSync } from 'node:fs'

/** A TypeScript snippet of a Markdown file. */
interface Snippet {
  /** The file and the first line. */
  readonly name: string
  readonly code: string
  /** Why it cannot run here; `null` if it can. */
  readonly noRun: string | null
  /** The output that it promises, line by line. */
  readonly prints: readonly string[]
}

/** The snippets of README and of the handwritten pages. */
export function snippets(): Snippet[] {
  const pages = globSync('docs/{learn,guides,reference}/[!_]*.md').sort()
  return ['README.md', 'docs/index.md', ...pages].flatMap((file) =>
    snippetsOf(file, readFileSync(file, 'utf8')),
  )
}

/**
 * The snippets of a file: the code between "```ts" and "```". One that cannot run gives a reason, such as "```ts
 * no-run: it needs an account".
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

/** The output in the comments after calls of `console.log`. */
function printsOf(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\).* \/\/ (.+)$/gm)].map(([, said = '']) => said)
}
