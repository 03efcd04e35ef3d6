import type { UploadReport } from '../index.ts'
import { bytesText, millisecondsText } from './amount.ts'

/** In a line what came of an upload: `201 Created, go-ahead after 12 ms, 5.0 GiB sent in 12.0 s`. */
export function summaryOf(
  { status, statusText }: Response,
  report: UploadReport,
  durationMs: number,
): string {
  const { attempts, outcome, sentBytes, savedBytes } = report
  const parts = [`${status} ${statusText}`.trim(), course(report)]
  if (sentBytes > 0) {
    parts.push(`${bytesText(sentBytes)} sent in ${millisecondsText(durationMs)}`)
  }
  if (savedBytes > 0) parts.push(`${bytesText(savedBytes)} kept off the wire`)
  const told = outcome === 'replayed' ? 2 : 1
  if (attempts.length > told) parts.push(`${attempts.length} attempts`)
  return parts.join(', ')
}

function course({ outcome, reason, savedBytes, waitedMs }: UploadReport): string {
  const waited = millisecondsText(waitedMs)
  switch (outcome) {
    case 'continued':
      return `go-ahead after ${waited}`
    case 'silent':
      return `no answer within ${waited}`
    case 'refused':
      return savedBytes > 0 ? 'refused' : 'refused before the content'
    case 'answered':
      return 'answered before the content'
    case 'replayed':
      return 'replayed without the expectation'
    case 'resumed':
      return 'resumed after an interruption'
    case 'not-asked':
      return `not asked (${reason})`
  }
}
