import { Help } from '@commander-js/extra-typings'
import { bytesText } from '../amount.ts'
import type { Behaviour, ProbeQuestion, ProtocolReport, SentReport } from './probing.ts'
import type { Remark } from './remarks.ts'

const indent = 10

export function questionText({ url, method, size }: ProbeQuestion, rounds: number): string {
  const place = `${method} ${url.origin}${url.pathname}`
  const times = rounds === 1 ? 'once' : `${rounds} times`
  return `${place}\nasks ${times} about a body of ${bytesText(size)}\n\n`
}

/** What an origin does over one protocol, and how this client reacts. */
export function protocolText(
  { protocol, behaviours, error }: ProtocolReport,
  wait: number,
  columns?: number,
): string {
  if (error !== null) return paragraph(protocol, [`cannot be spoken: ${error}`], columns)
  const rounds = behaviours.reduce((sum, behaviour) => sum + behaviour.rounds, 0)
  const lines = behaviours.flatMap((behaviour) => {
    const share = behaviours.length > 1 ? `, ${behaviour.rounds} of ${rounds} times` : ''
    return [doing(behaviour, wait) + share, `client: ${behaviour.client}`]
  })
  return paragraph(protocol, lines, columns)
}

export function remarksText(remarks: readonly Remark[], columns?: number): string {
  const texts = remarks.map(({ text }) => text)
  return texts.length === 0 ? '' : paragraph('Besides', texts, columns)
}

export function sentText({ status, report, error }: SentReport, columns?: number): string {
  if (report === null) return paragraph('Sent', [`the upload failed: ${error}`], columns)
  const { outcome, sentBytes } = report
  const text = `${bytesText(sentBytes)}, ${outcome}, answered with ${status}`
  return paragraph('Sent', [text], columns)
}

function doing({ answer, status, error, ms }: Behaviour, wait: number): string {
  switch (answer) {
    case 'continue':
      return `answers 100 ${timesText(ms)}`
    case 'silent':
      if (ms !== null) return 'stays silent, although it acknowledges a PING'
      return `stays silent for ${wait} ms`
    case 'broken':
      return `breaks the rules: ${error}`
    case 'final':
      if (status === 417) return `answers 417 ${timesText(ms)}`
      if (status !== null && status < 300)
        return `answers ${status} before the body ${timesText(ms)}`
      return `refuses with ${status} ${timesText(ms)}`
  }
}

function timesText(ms: Behaviour['ms']): string {
  if (ms === null) return ''
  const { min, median, max } = ms
  return min === max ? `in ${median} ms` : `in ${median} ms (${min} to ${max} ms)`
}

/** A name in the margin, and lines beside it that fit the screen. */
function paragraph(name: string, lines: readonly string[], columns = 80): string {
  const help = Object.assign(new Help(), { minWidthToWrap: 1 })
  const width = Math.min(80, columns) - indent - 2
  const wrapped = lines.map((line) => help.boxWrap(line, width).replaceAll('\n', '\n  '))
  const inner = wrapped.join('\n').split('\n')
  return inner.map((line, at) => `${(at === 0 ? name : '').padEnd(indent)}${line}\n`).join('')
}
