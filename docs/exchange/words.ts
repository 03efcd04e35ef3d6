import { bytesText, timeText } from '../../lib/timeline/amount.ts'
import type { Recording } from './recording.ts'

/** What an upload came to, in a sentence or two. */
export function wordsFor({ report }: Recording): string {
  const { outcome, savedBytes, sentBytes, attempts } = report
  const status = attempts.at(-1)?.status ?? 0
  const earlier = attempts.slice(0, -1).map((attempt) => attempt.status)
  const before = earlier.length === 0 ? '' : `After ${earlier.join(' and ')} it went again. `
  const waited = timeText(Math.max(0, ...attempts.map(({ waitedMs }) => waitedMs)))
  switch (outcome) {
    case 'continued':
      return `${before}The origin said go, the content followed, and ${status} came.`
    case 'silent':
      return `Nobody answered for ${waited}, so the content was sent all the same, and ${status} came.`
    case 'refused':
      return `The origin said ${status} while the content waited. ${kept(savedBytes)}`
    case 'replayed':
      return `The origin takes no expectations. The same content went again without one, and ${status} came.`
    case 'answered':
      return `The origin answered ${status} before the content was sent. ${kept(savedBytes)}`
    case 'not-asked':
      return unasked(status, sentBytes, attempts[0]?.sentBytes ?? 0, attempts.length)
  }
}

function kept(savedBytes: number): string {
  return savedBytes > 0 ? `${bytesText(savedBytes)} stayed off the wire.` : 'None of it was sent.'
}

function unasked(status: number, sent: number, first: number, attempts: number): string {
  if (status >= 300) {
    return `Nobody was asked. ${bytesText(sent)} were sent for nothing before ${status} was heard, and what a stream held of them is gone.`
  }
  if (attempts > 1) {
    return `Nobody was asked. ${bytesText(first)} were sent for nothing; the file could be read again, and ${status} came.`
  }
  return `Nobody was asked. The content went out with the head, and ${status} came.`
}
