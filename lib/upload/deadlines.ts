import { UploadError, type UploadErrorCode } from '../errors.ts'
import type { TimeoutOptions } from '../options/options.ts'

/** The timeouts of one upload. */
export type Deadline = 'connect' | 'stall' | 'headers' | 'total'

interface Expiry {
  readonly code: UploadErrorCode
  readonly what: string
}

const expiries: Record<Deadline, Expiry> = {
  connect: { code: 'ERR_EXPECT_CONNECT_TIMEOUT', what: 'No connection was made' },
  stall: { code: 'ERR_EXPECT_STALL_TIMEOUT', what: 'The connection took no content' },
  headers: { code: 'ERR_EXPECT_HEADERS_TIMEOUT', what: "The response's head did not come" },
  total: { code: 'ERR_EXPECT_TOTAL_TIMEOUT', what: 'The upload was not over' },
}

const all = ['connect', 'stall', 'headers', 'total'] as const
const never = Number.POSITIVE_INFINITY

/** The owner of deadlines. */
export interface DeadlineOwner {
  /** Whether there was progress that restarts an expired deadline. */
  moved(deadline: Deadline): boolean
  /** Called when the first deadline passes. */
  expired(error: UploadError): void
}

/** The deadlines of one upload. They share one timer, which is not restarted when a deadline is postponed. */
export class Deadlines {
  readonly #owner: DeadlineOwner
  readonly #limits: Record<Deadline, number> = { connect: 0, stall: 0, headers: 0, total: 0 }
  readonly #ends: Record<Deadline, number> = {
    connect: never,
    stall: never,
    headers: never,
    total: never,
  }
  #timer: NodeJS.Timeout | null = null
  /** When the timer fires. */
  #due = never

  constructor(owner: DeadlineOwner) {
    this.#owner = owner
  }

  /**
   * Sets or restarts a deadline; 0 means none.
   *
   * @param passed is how many of the milliseconds have passed already.
   */
  set(deadline: Deadline, milliseconds: number, passed: number = 0): void {
    this.clear(deadline)
    if (milliseconds === 0) return
    const now = performance.now()
    const end = now + Math.max(0, milliseconds - passed)
    this.#limits[deadline] = milliseconds
    this.#ends[deadline] = end
    if (end < this.#due) this.#start(end, now)
  }

  clear(deadline: Deadline): void {
    this.#ends[deadline] = never
  }

  /** Clears all of them. */
  stop(): void {
    for (const deadline of all) this.clear(deadline)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#due = never
  }

  #start(end: number, now: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(Deadlines.#timeIsOver, Math.ceil(end - now), this)
    this.#due = end
  }

  static #timeIsOver(deadlines: Deadlines): void {
    deadlines.#look()
  }

  #look(): void {
    this.#timer = null
    this.#due = never
    const now = performance.now()
    for (const deadline of all) {
      if (this.#ends[deadline] > now) continue
      if (!this.#owner.moved(deadline)) {
        this.#expire(deadline)
        return
      }
      this.set(deadline, this.#limits[deadline])
    }
    const next = Math.min(...Object.values(this.#ends))
    if (next < this.#due) this.#start(next, now)
  }

  #expire(deadline: Deadline): void {
    const limit = this.#limits[deadline]
    this.stop()
    this.#owner.expired(new UploadError(expiries[deadline].code, textOf(deadline, limit)))
  }
}

function textOf(deadline: Deadline, milliseconds: number): string {
  return `${expiries[deadline].what} within ${milliseconds} ms (timeouts.${deadline})`
}

/** Converts undici's timeout errors to UploadErrors; `null` for other errors. */
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
