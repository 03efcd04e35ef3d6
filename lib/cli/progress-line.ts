import stringWidth from 'string-width'
import type { Progress } from '../index.ts'
import { bytesText, clockText } from './amount.ts'

export interface UploadProgress {
  readonly name: string
  readonly progress: Progress
}

// Fixed widths keep the columns in place.
const widths = { phase: 10, percent: 4, amount: 20, rate: 10, left: 8 }
const bars = { min: 10, max: 60 }
const gap = 2

/**
 * The progress of uploads, one line each, no wider than the screen: name, phase, bar, percent,
 * bytes, rate and time left. On a narrow screen some are left out. Where the size is not known,
 * the bytes replace the bar.
 */
export function progressLines(uploads: readonly UploadProgress[], columns: number): string[] {
  const room = columns - 1
  const longest = Math.max(...uploads.map(({ name }) => stringWidth(printable(name))))
  const name = Math.min(longest, Math.max(12, Math.floor(room / 4)))
  let rest = room - name - widths.phase - widths.percent - 2 * gap
  const fits = (width: number): boolean => {
    const fitting = rest >= width + gap
    if (fitting) rest -= width + gap
    return fitting
  }
  const hasRate = fits(widths.rate)
  const hasLeft = fits(widths.left)
  const hasBar = fits(bars.min)
  const hasAmount = hasBar && rest >= widths.amount + gap + bars.min && fits(widths.amount)
  const bar = Math.min(bars.max, bars.min + rest)
  return uploads.map((upload) => {
    const { progress } = upload
    const cells = [
      padded(fitted(printable(upload.name), name), name),
      progress.phase.padEnd(widths.phase),
      ...(hasBar ? [barText(progress, bar)] : []),
      percentText(progress).padStart(widths.percent),
      ...(hasAmount ? [amountText(progress).padStart(widths.amount)] : []),
      ...(hasRate ? [rateText(progress).padStart(widths.rate)] : []),
      ...(hasLeft ? [leftText(progress).padStart(widths.left)] : []),
    ]
    return fitted(cells.join(' '.repeat(gap)).trimEnd(), room)
  })
}

type Measured = Pick<Progress, 'sent' | 'total' | 'rate'>

interface Overall extends Measured {
  readonly done: number
  readonly files: number
}

/** One line for all files: files, bytes, rate and time left, as far as there is room. */
export function overallLine(overall: Overall, columns: number): string {
  const { done, files, sent } = overall
  const count = `${done} of ${files} files`
  const others = [rateText(overall), leftText(overall)]
  for (const amount of [amountText(overall) || bytesText(sent), bytesText(sent), '']) {
    const line = [count, amount, ...others].filter((part) => part !== '').join('  ')
    if (line.length < columns) return line
  }
  return fitted(count, columns - 1)
}

/** Replaces control characters, which could move the cursor. */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
}

function barText({ sent, total }: Progress, width: number): string {
  if (total === null) return (sent > 0 ? bytesText(sent) : '').padEnd(width)
  const inner = width - 2
  const done = total === 0 ? 0 : Math.floor((inner * sent) / total)
  const bar = done === 0 || done === inner ? '='.repeat(done) : `${'='.repeat(done - 1)}>`
  return `[${bar.padEnd(inner)}]`
}

function percentText({ sent, total }: Progress): string {
  return total === null || total === 0 ? '' : `${Math.floor((100 * sent) / total)}%`
}

function amountText({ sent, total }: Measured): string {
  return total === null ? '' : `${bytesText(sent)} of ${bytesText(total)}`
}

function rateText({ rate }: Measured): string {
  return rate > 0 ? `${bytesText(rate)}/s` : ''
}

function leftText({ sent, total, rate }: Measured): string {
  if (total === null || rate <= 0 || sent >= total) return ''
  const seconds = (total - sent) / rate
  return seconds < 360_000 ? clockText(seconds) : ''
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

/** Cuts the middle out of a text that is too wide, because names differ at their ends. */
function fitted(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  const signs = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
  const head = startOf(signs, Math.ceil((width - 1) / 2))
  const tail = startOf(signs.toReversed(), Math.floor((width - 1) / 2)).toReversed()
  return `${head.join('')}…${tail.join('')}`
}

function startOf(signs: readonly string[], width: number): string[] {
  let used = 0
  const end = signs.findIndex((sign) => {
    used += stringWidth(sign)
    return used > width
  })
  return end < 0 ? [...signs] : signs.slice(0, end)
}
