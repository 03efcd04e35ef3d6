import { bytesText, timeText } from '../../lib/report/timeline/wording.ts'
import type { Recording } from './recording.ts'

/** What happened to the upload, in a sentence or two. */
export function wordsFor({ report, content, size }: Recording): string {
  const { outcome, attempts, sentBytes } = report
  const status = attempts.at(-1)?.status ?? 0
  const earlier = attempts.slice(0, -1).map((attempt) => attempt.status)
  const waited = timeText(Math.max(0, ...attempts.map(({ waitedMs }) => waitedMs)))
  switch (outcome) {
    case 'continued':
      return earlier.length === 0
        ? `The server said 100, the client sent the body, and the server answered ${status}.`
        : `The server answered ${earlier.join(' and ')} before the body, so nothing was lost. The client made the request again, the server said 100, and ${status} came.`
    case 'silent':
      return `The server said nothing for ${waited}. The client sent the body all the same, and ${status} came.`
    case 'refused':
    case 'answered':
      return `The server answered ${status} before the body. Nothing of ${bytesText(size)} was sent.`
    case 'resumed':
      return `The connection broke, the upload went on where the server had it, and ${status} came.`
    case 'replayed':
      return `The server answered 417. The client sent the request again without the header, with the whole body, and ${status} came.`
    case 'not-asked':
      return unasked(status, earlier.length > 0, {
        sent: attempts[0]?.sentBytes ?? sentBytes,
        isStream: content === 'stream',
      })
  }
}

function unasked(
  status: number,
  again: boolean,
  { sent, isStream }: { sent: number; isStream: boolean },
): string {
  if (status >= 300) {
    const gone = isStream ? ' What was read of the stream is gone.' : ''
    return `The client did not ask. It sent ${bytesText(sent)} for nothing before ${status} came.${gone}`
  }
  if (again) {
    return `The client did not ask. It sent ${bytesText(sent)} for nothing. A file can be read again, so the whole body went a second time, and ${status} came.`
  }
  return `The client did not ask. It sent the body behind the headers, and ${status} came.`
}
