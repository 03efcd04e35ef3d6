import type { Layout, Mark, MarkKind } from './layout.ts'
import { printable, shortened, timeText } from './wording.ts'

const labelWidth = 27
const trackWidth = 37
const lineWidth = 80

const signs: Record<MarkKind, readonly [arrow: string, sign: string]> = {
  delay: [' ', '·'],
  head: ['>', '│'],
  wait: [' ', '░'],
  interim: ['<', '│'],
  content: ['>', '█'],
  final: ['<', '│'],
  refusal: ['<', '│'],
  unsent: [' ', '╌'],
  broken: ['×', '×'],
}

/** Draws a layout for a terminal: a line for each mark, of 80 columns at most. */
export function drawText({ headline, facts, spanMs, lanes }: Layout): string {
  const lines = [[headline, ...facts].join(', ')]
  for (const { title, url, marks } of lanes) {
    lines.push(`${title} ${shortened(url, lineWidth - title.length - 1)}`)
    for (const mark of marks) lines.push(lineOf(mark, spanMs))
  }
  return lines.map(printable).join('\n')
}

function lineOf({ kind, label, fromMs, toMs }: Mark, spanMs: number): string {
  const [arrow, sign] = signs[kind]
  const at = kind === 'unsent' ? '' : timeText(fromMs)
  const from = columnOf(fromMs, spanMs)
  const columns = Math.max(1, columnOf(toMs, spanMs) - from + (toMs === spanMs ? 1 : 0))
  const track = ' '.repeat(from) + sign.repeat(columns)
  return `${at.padStart(11)}  ${arrow} ${label.padEnd(labelWidth)} ${track}`.trimEnd()
}

function columnOf(ms: number, spanMs: number): number {
  return Math.min(trackWidth - 1, Math.floor((ms / spanMs) * trackWidth))
}
