import type { UploadReport } from '../../lib/report/report.ts'
import { bytesText, timeText } from '../../lib/report/timeline/amount.ts'
import type { ContentChoice, Recording } from './recording.ts'

/** What an upload came to, in a sentence or two. */
export function wordsFor({ report, content }: Recording): string {
  const { outcome, savedBytes, attempts } = report
  const status = attempts.at(-1)?.status ?? 0
  const earlier = attempts.slice(0, -1).map((attempt) => attempt.status)
  const before =
    earlier.length === 0
      ? ''
      : `The origin said ${earlier.join(' and ')} while the content waited; none was lost, and the upload went again. `
  const waited = timeText(Math.max(0, ...attempts.map(({ waitedMs }) => waitedMs)))
  switch (outcome) {
    case 'continued':
      return `${before}${before === '' ? 'The' : 'Then the'} origin said go, the content followed, and ${status} came.`
    case 'silent':
      return `Nobody answered for ${waited}, so the content was sent all the same, and ${status} came.`
    case 'refused':
      return `The origin said ${status} while the content waited. ${kept(savedBytes)}`
    case 'replayed':
      return `The origin takes no expectations. The same content went again without one, and ${status} came.`
    case 'answered':
      return `The origin answered ${status} before the content was sent. ${kept(savedBytes)}`
    case 'resumed':
      return `The connection broke, the upload went on where it was, and ${status} came.`
    case 'not-asked':
      return unasked(report, content)
  }
}

function kept(savedBytes: number): string {
  return savedBytes > 0 ? `${bytesText(savedBytes)} stayed off the wire.` : 'None of it was sent.'
}

function unasked({ attempts, sentBytes }: UploadReport, content: ContentChoice): string {
  const status = attempts.at(-1)?.status ?? 0
  if (status >= 300) {
    const gone = content === 'stream' ? ', and what was read of the stream is gone' : ''
    return `Nobody was asked. ${bytesText(sentBytes)} were sent for nothing before the origin said ${status}${gone}.`
  }
  const [first] = attempts
  if (attempts.length > 1 && first !== undefined) {
    return `Nobody was asked. ${bytesText(first.sentBytes)} were sent for nothing; a file can be read again, so all of it went a second time, and ${status} came.`
  }
  return `Nobody was asked. The content went out with the head, and ${status} came.`
}
