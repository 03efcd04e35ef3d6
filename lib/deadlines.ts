import { UploadError, type UploadErrorCode } from './errors.ts'

/** Milliseconds that the phases of an upload may take; 0 for as long as they like. */
export interface TimeoutOptions {
  /**
   * From when content was handed to a connection until the connection has taken some of it.
   * The time that the content's own source takes does not count.
   *
   * @default 300000
   */
  stall?: number
  /**
   * From the last byte of content to the end of the final response's head; where that begins
   * earlier, from its status line.
   *
   * @default undici's `headersTimeout`
   */
  headers?: number
  /** From one piece of the response's content to the next. @default undici's `bodyTimeout` */
  body?: number
  /** The whole upload, with all its attempts, to the end of the response. @default 0 */
  total?: number
}

/** The timers of one upload that can run out. */
export type Deadline = 'stall' | 'headers' | 'total'

interface Expiry {
  readonly code: UploadErrorCode
  readonly what: string
}

const expiries: Record<Deadline, Expiry> = {
  stall: { code: 'ERR_EXPECT_STALL_TIMEOUT', what: 'The connection took no content' },
  headers: { code: 'ERR_EXPECT_HEADERS_TIMEOUT', what: "The response's head did not come" },
  total: { code: 'ERR_EXPECT_TOTAL_TIMEOUT', what: 'The upload was not over' },
}

interface Timer {
  readonly timeout: NodeJS.Timeout
  readonly milliseconds: number
  /** Says, when it has passed, whether there was something that sets it anew; `null` while it is idle. */
  moved: (() => boolean) | null
}

/** The deadlines of one upload. */
export class Deadlines {
  readonly #expired: (error: UploadError) => void
  readonly #timers = new Map<Deadline, Timer>()

  /** @param expired is told of the first deadline that passes. */
  constructor(expired: (error: UploadError) => void) {
    this.#expired = expired
  }

  /**
   * Sets a deadline, or sets it anew; 0 is none.
   *
   * @param moved says, when it has passed, whether there was something that sets it anew.
   * @param passed is how many of the milliseconds have gone by already.
   */
  set(
    deadline: Deadline,
    milliseconds: number,
    moved: () => boolean = () => false,
    passed: number = 0,
  ): void {
    const known = this.#timers.get(deadline)
    if (known?.milliseconds === milliseconds) {
      known.moved = moved
      known.timeout.refresh()
      return
    }
    this.clear(deadline)
    if (milliseconds === 0) return
    const left = Math.max(0, milliseconds - passed)
    const timeout = setTimeout(() => this.#passed(deadline, milliseconds), left)
    this.#timers.set(deadline, { timeout, milliseconds, moved })
  }

  /** Leaves a deadline without effect until it is set again, which is cheaper than to clear it. */
  idle(deadline: Deadline): void {
    const known = this.#timers.get(deadline)
    if (known !== undefined) known.moved = null
  }

  #passed(deadline: Deadline, milliseconds: number): void {
    const { moved } = this.#timers.get(deadline) ?? { moved: null }
    if (moved === null) this.clear(deadline)
    else if (moved()) this.set(deadline, milliseconds, moved)
    else this.#expire(deadline, milliseconds)
  }

  #expire(deadline: Deadline, milliseconds: number): void {
    this.stop()
    this.#expired(new UploadError(expiries[deadline].code, textOf(deadline, milliseconds)))
  }

  clear(deadline: Deadline): void {
    clearTimeout(this.#timers.get(deadline)?.timeout)
    this.#timers.delete(deadline)
  }

  /** Clears all of them. */
  stop(): void {
    for (const { timeout } of this.#timers.values()) clearTimeout(timeout)
    this.#timers.clear()
  }
}

function textOf(deadline: Deadline, milliseconds: number): string {
  return `${expiries[deadline].what} within ${milliseconds} ms (timeouts.${deadline})`
}

/** undici's own timeouts as errors that say where the upload stood; `null` for other errors. */
export function undiciTimeout(
  error: NodeJS.ErrnoException,
  { headers }: TimeoutOptions,
): UploadError | null {
  const cause = { cause: error }
  if (error.code === 'UND_ERR_HEADERS_TIMEOUT' && headers !== undefined) {
    return new UploadError(expiries.headers.code, textOf('headers', headers), cause)
  }
  if (error.code === 'UND_ERR_CONNECT_TIMEOUT') {
    const message = 'No connection was made in time (connectTimeout of the dispatcher)'
    return new UploadError('ERR_EXPECT_CONNECT_TIMEOUT', message, cause)
  }
  if (error.code === 'UND_ERR_BODY_TIMEOUT') {
    const message = "The response's content stopped coming (timeouts.body, or undici's bodyTimeout)"
    return new UploadError('ERR_EXPECT_BODY_TIMEOUT', message, cause)
  }
  return null
}
