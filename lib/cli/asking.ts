import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type ExpectAgent,
  reportOf,
  UploadError,
  type UploadMessage,
  type UploadOptions,
  type UploadReport,
  upload,
} from '../index.ts'
import { listenTo } from './exchange.ts'
import { longestDelay } from './flag.ts'
import { messageOf } from './message.ts'

/** A request that announces content and never sends it. */
export interface Question
  extends Pick<UploadOptions, 'authenticate' | 'redirect' | 'maxRedirections' | 'onProgress'> {
  readonly url: URL
  readonly method: string
  readonly headers: [string, string][]
  /** Bytes of content that the head declares; `null` for content of unknown length. */
  readonly size: number | null
  /** Milliseconds. */
  readonly wait: number
}

export interface Answer {
  /** A 100, a final response, nothing within the wait, or something that is not HTTP. */
  readonly answer: 'continue' | 'final' | 'silent' | 'broken'
  readonly status: number | null
  /** What went wrong with the connection. */
  readonly error: string | null
  /** Milliseconds until the go-ahead or the final response came, or until silence was known. */
  readonly ms: number | null
  /** Origin and path of the last request, after redirects. */
  readonly place: string
  readonly httpVersion: '1.1' | '2.0'
}

type Found = Pick<Answer, 'answer'> & Partial<Answer>

/** The question that a message on a diagnostics channel belongs to. */
const asking = new AsyncLocalStorage<object>()

/**
 * Asks once, and never sends content: a 100 aborts the upload, and so does a 417, after which
 * the content would be sent without asking.
 *
 * @throws the error that prevented the request.
 */
export async function ask(
  { url, size, wait, ...options }: Question,
  dispatcher: ExpectAgent,
  signal: AbortSignal,
): Promise<Answer> {
  // A request without content must not carry the expectation (RFC 9110, section 10.1.1).
  if (size === 0) return answerOf(url, undefined, { answer: 'continue' })
  const end = new AbortController()
  let found: Found | null = null
  let timer: NodeJS.Timeout | undefined
  const finish = (answer: Found): void => {
    found ??= answer
    end.abort()
  }
  const isOurs = (): boolean => asking.getStore() === end
  const stop = listenTo({
    'expect-continue:ask': () => {
      if (!isOurs()) return
      clearTimeout(timer)
      timer = setTimeout(() => finish({ answer: 'silent', ms: null }), wait)
    },
    // Over HTTP/2 silence is known before the wait is over.
    'expect-continue:silent': () => {
      if (isOurs()) finish({ answer: 'silent' })
    },
    'expect-continue:refuse': ({ status = 0 }: UploadMessage) => {
      if (!isOurs()) return
      // The wait is over; a redirect begins another one.
      clearTimeout(timer)
      if (status === 417) finish({ answer: 'final', status })
    },
  })
  try {
    const { response, report } = await asking.run(end, () =>
      upload(url, size === null ? neverOpened : { length: size, open: neverOpened }, {
        redirect: 'manual',
        ...options,
        signal: AbortSignal.any([signal, end.signal]),
        expect: 'always',
        // Only a 100 may release the content, and no timer.
        continueTimeout: longestDelay,
        memory: false,
        dispatcher,
        onContinue: () => finish({ answer: 'continue' }),
      }),
    )
    await response.body?.cancel()
    const { waitedMs: ms = null } = report.attempts.at(-1) ?? {}
    return answerOf(url, report, { answer: 'final', status: response.status, ms })
  } catch (error) {
    const report = reportOf(error)
    if (found !== null) return answerOf(url, report, found)
    const wasAsked = report?.attempts.at(-1)?.asked ?? false
    const fault = wasAsked && !signal.aborted ? faultOf(error) : null
    if (fault === null) throw error
    return answerOf(url, report, { answer: 'broken', error: fault, ms: null })
  } finally {
    clearTimeout(timer)
    stop()
  }
}

function answerOf(
  url: URL,
  report: UploadReport | undefined,
  { answer, ...details }: Found,
): Answer {
  const last = report?.attempts.findLast(({ asked }) => asked)
  return {
    answer,
    status: null,
    error: null,
    ms: last?.waitedMs ?? null,
    place: last?.url ?? url.origin + url.pathname,
    httpVersion: last?.httpVersion ?? '1.1',
    ...details,
  }
}

/** Never called in time: content is opened after the 100, which aborts the upload. */
function neverOpened(): never {
  throw new Error('The content is not to be sent')
}

/** What a server that was asked did wrong; `null` if the client itself gave up. */
function faultOf(error: unknown): string | null {
  const { code, name } = error as NodeJS.ErrnoException
  if (name === 'HTTPParserError') return 'sends what is no HTTP response'
  if (code === 'ERR_EXPECT_INTERIM_OVERFLOW') return 'sends interim (1xx) responses without end'
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'sends a response whose head is too large'
  if (error instanceof UploadError) return null
  return `ends the connection without an answer (${messageOf(error)})`
}
