/** The head of a table of options or terms. */
const listHead = ['| term | meaning |', '| --- | --- |']

/** The manual page of the command (man/expect-continue.1) as Markdown, starting at the first command. */
export function commandReference(roff: string): string {
  const out: string[] = []
  const lines = roff.split('\n')
  let inTable = false
  let inCode = false
  const begin = lines.findIndex((line) => line.startsWith('.SH THE COMMAND'))
  for (let at = Math.max(0, begin); at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line === '.TP') {
      if (!inTable) out.push('', ...listHead)
      inTable = true
      const term = textOf(lines[at + 1]?.replace(/^\.B /, '') ?? '')
      out.push(
        `| ${codes(term)} | ${escaped(textOf(lines[at + 2] ?? '')).replaceAll('|', '\\|')} |`,
      )
      at += 2
      continue
    }
    inTable = false
    if (line.startsWith('.SH ')) out.push('', `## ${titleOf(line.slice(4))}`, '')
    else if (line.startsWith('.SS ')) out.push('', `### ${line.slice(4)}`)
    else if (line === '.nf') out.push('```sh')
    else if (line === '.fi') out.push('```')
    else if (/^\.(PP|br)$/.test(line)) out.push('')
    else if (!line.startsWith('.')) out.push(inCode ? textOf(line) : escaped(textOf(line)))
    if (line === '.nf' || line === '.fi') inCode = line === '.nf'
  }
  return out.join('\n').trim()
}

/** `THE COMMAND PUT` becomes `put`; other titles are capitalised. */
function titleOf(title: string): string {
  const command = /^THE COMMAND (.*)/.exec(title)?.[1]
  return command?.toLowerCase() ?? title.charAt(0) + title.slice(1).toLowerCase()
}

/** A line without roff markup. */
function textOf(line: string): string {
  return line
    .replace(/^\\&/, '')
    .replaceAll(/\\fI(.*?)\\fR/g, '<$1>')
    .replaceAll(/\\f[BIR]/g, '')
    .replaceAll('\\(aq', "'")
    .replaceAll('\\-', '-')
    .replaceAll('\\e', '\\')
}

/** `-X, --method <method>` with each flag as code. */
function codes(term: string): string {
  return term
    .split(', ')
    .map((each) => `\`${each}\``)
    .join(', ')
}

/** Escapes Markdown and HTML. */
function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('{{', '{ {')
}
