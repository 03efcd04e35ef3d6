import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Dispatcher } from 'undici'
import { type UploadMessage, type UploadOptions, upload } from '../../index.ts'
import { messageOf } from '../message.ts'

/** What is asked: a request with content that is announced, and held back for good. */
export interface Question extends Pick<UploadOptions, 'authenticate'> {
  readonly url: URL
  readonly method: string
  readonly headers: readonly [string, string][]
  /** Bytes of content that are announced. */
  readonly size: number
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

// Nothing but the origin is to let the content go.
const forEver = 2_147_483_647

/**
 * Asks once, and sends no content whatever the answer is. The diagnostics channels tell of it
 * before the content is let go, and the upload is ended from within them.
 *
 * @throws what kept the question from being asked.
 */
export async function ask(
  question: Question,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Answer> {
  const asking = new Asking(question)
  asking.watch()
  try {
    return await asking.run(dispatcher, signal)
  } finally {
    asking.stop()
  }
}

class Asking {
  readonly #question: Question
  readonly #place: string
  readonly #end = new AbortController()
  #answer: Answer | null = null
  #askedAt: number | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(question: Question) {
    this.#question = question
    this.#place = question.url.origin + question.url.pathname
  }

  watch(): void {
    subscribe('expect-continue:ask', this.#onAsk)
    subscribe('expect-continue:interim', this.#onInterim)
    subscribe('expect-continue:refuse', this.#onRefuse)
  }

  stop(): void {
    unsubscribe('expect-continue:ask', this.#onAsk)
    unsubscribe('expect-continue:interim', this.#onInterim)
    unsubscribe('expect-continue:refuse', this.#onRefuse)
    clearTimeout(this.#timer)
  }

  async run(dispatcher: Dispatcher, signal: AbortSignal): Promise<Answer> {
    const { url, method, headers, size, authenticate } = this.#question
    try {
      const { response, report } = await upload(url, withheld(), {
        method,
        headers: [...headers, ['content-length', String(size)]],
        signal: AbortSignal.any([signal, this.#end.signal]),
        expect: 'always',
        continueTimeout: forEver,
        memory: false,
        redirect: 'manual',
        dispatcher,
        ...(authenticate !== undefined && { authenticate }),
      })
      await response.body?.cancel()
      const { waitedMs: ms = null } = report.attempts.at(-1) ?? {}
      return answerOf('final', { status: response.status, ms })
    } catch (error) {
      if (this.#answer !== null) return this.#answer
      if (this.#askedAt === null || signal.aborted) throw error
      return answerOf('broken', { error: faultOf(error) })
    }
  }

  readonly #onAsk = (message: unknown): void => {
    if (!this.#concerns(message)) return
    this.#askedAt = performance.now()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#finish(answerOf('silent')), this.#question.wait)
  }

  readonly #onInterim = (message: unknown): void => {
    if (!this.#concerns(message)) return
    if (message.status === 100) this.#finish(answerOf('continue', { ms: this.#ms }))
  }

  /** The replay would send the content. */
  readonly #onRefuse = (message: unknown): void => {
    if (!this.#concerns(message) || message.status !== 417) return
    this.#finish(answerOf('final', { status: 417, ms: this.#ms }))
  }

  get #ms(): number {
    return Math.round((performance.now() - (this.#askedAt ?? 0)) * 10) / 10
  }

  #finish(answer: Answer): void {
    this.#answer ??= answer
    this.#end.abort()
  }

  #concerns(message: unknown): message is UploadMessage {
    const { method, url } = message as UploadMessage
    return url === this.#place && method === this.#question.method
  }
}

/** Content of which there is a single byte, because no head leaves before the first of them. */
async function* withheld(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1)
  await new Promise(() => {})
}

function answerOf(answer: Answer['answer'], details: Partial<Answer> = {}): Answer {
  return { answer, status: null, error: null, ms: null, ...details }
}

/** What is wrong with an origin that was asked and does not answer as HTTP has it. */
function faultOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code.startsWith('HPE_')) return `sends what is no HTTP response (${messageOf(error)})`
  if (code === 'ERR_EXPECT_INTERIM_OVERFLOW') return 'sends interim (1xx) responses without end'
  return `ends the connection without an answer (${messageOf(error)})`
}
