import { abortError, type SignalLike } from './cancellation.ts'

/** The error of a request that a signal ended. */
export function aborted(signal: SignalLike | undefined): Error {
  const reason = signal?.reason
  if (reason instanceof Error || !reason) return abortError('Request aborted', reason)
  return abortError(String(reason))
}

/** The error of a request whose answer did not come in time. */
export function timedOut(timeout: number): Error {
  const error = new Error(`The request has exceeded the requestTimeout of ${timeout} ms`)
  return Object.assign(error, { name: 'TimeoutError', code: 'ETIMEDOUT' })
}

const timeoutCodes = [
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]

/** Gives an error the name by which the SDK knows that it may try again. */
export function named(error: unknown): unknown {
  const { code = '' } = error as { code?: string }
  return timeoutCodes.includes(code)
    ? Object.assign(error as Error, { name: 'TimeoutError' })
    : error
}
