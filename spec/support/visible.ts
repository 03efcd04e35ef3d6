/** What a screen shows after this text was written to it. */
export function visible(text: string): string[] {
  const lines: string[] = ['']
  let at = 0
  for (const piece of text.split('\u001b')) {
    const [, code = '', up = '1', rest = ''] = /^(\[\??(\d*)[a-zA-Z])?(.*)$/s.exec(piece) ?? []
    if (code === '[2K') lines[at] = ''
    if (code.endsWith('A')) at -= Number(up)
    for (const [part] of rest.matchAll(/\n|[^\n]+/g)) {
      if (part === '\n') at += 1
      lines[at] = part === '\n' ? (lines[at] ?? '') : part
    }
  }
  return lines.filter((line) => line !== '')
}
