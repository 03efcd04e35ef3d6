/** The cells of a row. */
export type Cells = readonly string[]

/** A Markdown table whose columns are as wide as they must be, so that a terminal shows it, too. */
export function table(head: Cells, rows: readonly Cells[]): string {
  const widths = head.map((cell, at) =>
    Math.max(3, cell.length, ...rows.map((row) => row[at]?.length ?? 0)),
  )
  const padded = (cell: string, at: number): string => {
    const width = widths[at] ?? 0
    return at === 0 ? cell.padEnd(width) : cell.padStart(width)
  }
  const line = (cells: Cells): string => `| ${cells.map(padded).join(' | ')} |`
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  )
  return [head, rule, ...rows].map(line).join('\n')
}
