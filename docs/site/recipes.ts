import { readdirSync, readFileSync } from 'node:fs'

/** The examples as Markdown: what each says of itself, and its code as users would write it. */
export function recipes(folder: URL): string {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'demo.ts')
  const parts = names
    .sort()
    .map((name) => recipe(name, readFileSync(new URL(name, folder), 'utf8')))
  const lead = 'Each is a file in `examples/`, which runs as it is, against an origin of its own.'
  return ['# Recipes', lead, ...parts].join('\n\n')
}

function recipe(name: string, source: string): string {
  const [, comment = '', code = ''] = /^((?:\/\/ [^\n]*\n)*)(.*)$/s.exec(source) ?? []
  const words = comment
    .replaceAll(/^\/\/ /gm, '')
    .replaceAll('\n', ' ')
    .trim()
  const shown = code
    .replaceAll("'../lib/index.ts'", "'expect-continue'")
    .replaceAll(/'\.\.\/lib\/testing\/index\.ts'/g, "'expect-continue/testing'")
    .replaceAll(/'\.\.\/lib\/adapters\/(\w+)\.ts'/g, "'expect-continue/adapters/$1'")
  return [
    `## ${name.slice(0, -'.ts'.length)}`,
    words.replace(/Usage: (\S+=\S+ )?(node \S+( \[[^\]]+\])*)/, 'Usage: `$1$2`'),
    `\`\`\`ts\n${shown.trim()}\n\`\`\``,
  ].join('\n\n')
}
