import { AsyncLocalStorage } from 'node:async_hooks'
import { type ExpectAgent, type UploadMessage, type UploadOptions, upload } from '../index.ts'
import { listenTo } from './exchange.ts'
import { messageOf } from './message.ts'

/** What is asked: a request with content that is announced, and held back for good. */
export interface Question
  extends Pick<UploadOptions, 'authenticate' | 'redirect' | 'maxRedirections' | 'onProgress'> {
  readonly url: URL
  readonly method: string
  readonly headers: [string, string][]
  /** Bytes of content that are announced; `null` for content of unknown length. */
  readonly size: number | null
  /** Milliseconds to wait for an answer. */
  readonly wait: number
}

/** What came first. */
export interface Answer {
  /** The go-ahead, a final response, nothing within the wait, or something that is no answer. */
  readonly answer: 'continue' | 'final' | 'silent' | 'broken'
  /** The status of a final response. */
  readonly status: number | null
  /** What went wrong with the connection. */
  readonly error: string | null
  /** Milliseconds until the go-ahead or the final response came. */
  readonly ms: number | null
}

/** An answer, and who gave it. */
export interface Asked extends Answer {
  /** Origin and path of what was asked last, which redirects lead to. */
  readonly place: string
}

// Nothing but the server is to let the content go.
const forEver = 2_147_483_647

/** Which question the messages of the diagnostics channels are about. */
const asking = new AsyncLocalStorage<object>()

/**
 * Asks once, and sends no content whatever the answer is: the upload is ended by the 100, and by
 * a 417, behind which it would be sent without asking.
 *
 * @throws what kept the question from being asked.
 */
export async function ask(
  { url, size, wait, ...options }: Question,
  dispatcher: ExpectAgent,
  signal: AbortSignal,
): Promise<Asked> {
  const end = new AbortController()
  let place = url.origin + url.pathname
  let answer: Asked | null = null
  let askedAt: number | null = null
  let timer: NodeJS.Timeout | undefined
  const answered = (kind: Answer['answer'], details: Partial<Answer> = {}): Asked => {
    return { answer: kind, status: null, error: null, ms: null, place, ...details }
  }
  const passed = (): number => Math.round((performance.now() - (askedAt ?? 0)) * 10) / 10
  const finish = (found: Asked): void => {
    answer ??= found
    end.abort()
  }
  const isOurs = (): boolean => asking.getStore() === end
  const stop = listenTo({
    'expect-continue:ask': (message: UploadMessage) => {
      if (!isOurs()) return
      place = message.url
      askedAt = performance.now()
      clearTimeout(timer)
      timer = setTimeout(() => finish(answered('silent')), wait)
    },
    'expect-continue:refuse': ({ status = 0 }: UploadMessage) => {
      if (isOurs() && status === 417) finish(answered('final', { status, ms: passed() }))
    },
  })
  try {
    const { response, report } = await asking.run(end, () =>
      upload(url, size === null ? neverOpened : { length: size, open: neverOpened }, {
        redirect: 'manual',
        ...options,
        signal: AbortSignal.any([signal, end.signal]),
        expect: 'always',
        continueTimeout: forEver,
        memory: false,
        dispatcher,
        onContinue: () => finish(answered('continue', { ms: passed() })),
      }),
    )
    await response.body?.cancel()
    const { waitedMs: ms = null } = report.attempts.at(-1) ?? {}
    return answered('final', { status: response.status, ms })
  } catch (error) {
    if (answer !== null) return answer
    if (askedAt === null || signal.aborted) throw error
    return answered('broken', { error: faultOf(error) })
  } finally {
    clearTimeout(timer)
    stop()
  }
}

/** Content is opened after the go-ahead, when the upload has ended. */
function neverOpened(): never {
  throw new Error('The content is not to be sent')
}

/** What is wrong with a server that was asked and does not answer as HTTP has it. */
function faultOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException
  if (name === 'HTTPParserError') return 'sends what is no HTTP response'
  if (code === 'ERR_EXPECT_INTERIM_OVERFLOW') return 'sends interim (1xx) responses without end'
  return `ends the connection without an answer (${messageOf(error)})`
}
