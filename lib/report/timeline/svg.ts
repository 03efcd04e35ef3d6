import type { Lane, Layout, Mark, MarkKind } from './layout.ts'
import { styleSheet } from './style-sheet.ts'
import { printable, shortened, timeText } from './wording.ts'

const width = 720
const margin = 12
const headlineHeight = 22
const titleHeight = 52
const rowHeight = 34
const barHeight = 9
/** Characters of a URL, which fit the width. */
const urlLength = 90
/** Where lines begin and end, in percent of the width. */
const left = 2
const right = 98
/** The narrowest bar in percent. A narrower one is drawn with a fixed width, so that it is visible. */
const least = 1
/** The width of such a bar, in pixels. */
const leastPixels = 3

const arrows: Record<MarkKind, string> = {
  delay: '',
  head: '→ ',
  wait: '',
  interim: '← ',
  content: '→ ',
  final: '← ',
  refusal: '← ',
  unsent: '',
  broken: '× ',
}

/**
 * Draws a layout as an SVG document. Horizontal positions are percentages, so that it fits any width
 * and its text keeps its size. It has no ids, so that one page can contain several.
 */
export function drawSvg({ headline, facts, spanMs, lanes }: Layout): string {
  const rows = lanes.reduce((sum, { marks }) => sum + marks.length, 0)
  const height = 2 * margin + headlineHeight + titleHeight * lanes.length + rowHeight * rows
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="expect-timeline" role="img" width="${width}" height="${height}">`,
    `<title>${escaped([headline, ...facts].join(', '))}</title>`,
    `<desc>${escaped(lanes.map(inWords).join(' '))}</desc>`,
    `<style>${styleSheet}</style>`,
    '<rect class="paper" width="100%" height="100%"/>',
    text('headline', left, margin + 14, headline),
    text('fact', right, margin + 14, facts.at(-1) ?? ''),
  ]
  let y = margin + headlineHeight
  for (const { title, url, marks } of lanes) {
    parts.push(
      text('lane', left, y + 20, title),
      text('url', left, y + 39, shortened(url, urlLength)),
    )
    y += titleHeight
    for (const mark of marks) {
      parts.push(...rowOf(mark, spanMs, y))
      y += rowHeight
    }
  }
  return [...parts, '</svg>'].join('\n')
}

/** A lane in words, for screen readers. */
function inWords({ title, url, marks }: Lane): string {
  const said = marks.map(({ label, fromMs }) => `${label} at ${timeText(fromMs)}`)
  return `${title} ${url}: ${said.join(', ')}.`
}

function rowOf({ kind, label, fromMs, toMs }: Mark, spanMs: number, y: number): string[] {
  const place = (ms: number): number => left + (right - left - least) * (ms / spanMs)
  const at = kind === 'unsent' ? '' : timeText(fromMs)
  return [
    text('label', left, y + 13, arrows[kind] + label),
    text('at', right, y + 13, at),
    bar('track', left, right - left, y + 19),
    bar(kind, place(fromMs), place(toMs) - place(fromMs), y + 19),
  ]
}

function bar(kind: string, x: number, wide: number, y: number): string {
  const where = `class="${kind}" x="${percent(x)}" y="${y}" height="${barHeight}" rx="1.5"`
  return `<rect ${where} width="${wide < least ? leastPixels : percent(wide)}"/>`
}

function text(kind: string, x: number, y: number, content: string): string {
  return `<text class="${kind}" x="${percent(x)}" y="${y}">${escaped(content)}</text>`
}

function percent(value: number): string {
  return `${Number(value.toFixed(2))}%`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
}
