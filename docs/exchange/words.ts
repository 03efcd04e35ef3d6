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
        ? `The server sent a 100, the client sent the body, and the server answered ${status}.`
        : `The server answered ${earlier.join(' and ')} before the body, so nothing was lost. The client made the request again, and the server sent a 100 and then ${status}.`
    case 'silent':
      return `The server sent nothing for ${waited}. The client sent the body anyway, and the server answered ${status}.`
    case 'refused':
    case 'answered':
      return `The server answered ${status} before the body. None of its ${bytesText(size)} were sent.`
    case 'resumed':
      return `The connection broke, the upload continued at the offset of the server, and the server answered ${status}.`
    case 'replayed':
      return `The server answered 417. The client sent the request again without the header, with the whole body, and the server answered ${status}.`
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
    const gone = isStream ? ' The part of the stream that was read is lost.' : ''
    return `The client sent no expectation. It sent ${bytesText(sent)} for nothing before the server answered ${status}.${gone}`
  }
  if (again) {
    return `The client sent no expectation. It sent ${bytesText(sent)} for nothing. A file can be read again, so the whole body was sent a second time, and the server answered ${status}.`
  }
  return `The client sent no expectation. It sent the body directly after the headers, and the server answered ${status}.`
}
