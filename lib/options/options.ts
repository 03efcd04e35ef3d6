import type { ExpectMode } from '../protocol/decision.ts'
import type { ResumeToken } from '../report/report.ts'
import type { RouteMemory } from '../routes/memory.ts'
import { type Authenticate, forCall } from './authenticate.ts'
import { checkOption } from './check.ts'

/**
 * How uploads ask. The same names are taken by `ExpectAgent`, `expectContinue()`, `upload`,
 * `fetch`'s init and each dispatch; the nearest wins.
 */
export interface ExpectOptions {
  /**
   * `'always'` asks whenever there is content, `'never'` does not, `'auto'` asks when the
   * content is at least `threshold` bytes or of unknown length. A request's own
   * `Expect: 100-continue` header means `'always'`, an empty `Expect` means `'never'`.
   *
   * @default 'auto'
   */
  expect?: ExpectMode
  /**
   * Bytes of content from which on `'auto'` asks.
   *
   * @default 1048576
   */
  threshold?: number
  /**
   * Milliseconds the content is held back, from the moment the head left. Then it is sent
   * all the same (RFC 9110, section 10.1.1). `'adaptive'` goes by what the memory holds of the
   * route: 300 ms and 4 times the longest of its last eight times to 100, 3000 at most; 1000
   * where none is known.
   *
   * @default 1000
   */
  continueTimeout?: number | 'adaptive'
  /**
   * Bytes of one-shot content that are kept after it began to flow, so that an answer which
   * comes right behind the 100 (a 417, a 307, a 401) can still be acted upon. References are
   * kept, not copies.
   *
   * @default 262144
   */
  replayWindow?: number
  /**
   * Milliseconds to look for a response after a failed write.
   *
   * @default 500
   */
  rescueTimeout?: number
  /** What routes did with expectations; `false` for none. A shared one by default. */
  memory?: RouteMemory | false
  /**
   * What to do about a 301, 302, 303, 307 or 308: `'follow'` it, or hand it over
   * (`'manual'`). `upload` follows unless told otherwise; `fetch` does as fetch does.
   *
   * @default 'manual'
   */
  redirect?: RedirectMode
  /**
   * Redirects that are followed one after another; one more is an error. 0 follows none and
   * hands them over. `fetch` follows 20 unless told otherwise.
   *
   * @default 5
   */
  maxRedirections?: number
  /**
   * Whether a redirect from https to http is followed; it is an error otherwise. `fetch`
   * follows it unless told otherwise.
   *
   * @default false
   */
  allowInsecureRedirect?: boolean
  /**
   * How often an upload is tried again after a response that says so, or after a failure of
   * the connection: a count, or {@link RetryOptions}. Whatever is set here, there is one fresh
   * attempt where no content left and no byte of a response came.
   *
   * @default 0
   */
  retry?: number | RetryOptions
  /**
   * Whether origins are invited to make uploads that can be resumed
   * (draft-ietf-httpbis-resumable-upload), and how an upload goes on after an interruption, where the
   * origin said how. A token, `report.resume`, goes on with an upload of another process; it is for one
   * call alone.
   *
   * @default false
   */
  resume?: boolean | ResumeOptions
  /**
   * Milliseconds that the phases may take, beside `continueTimeout` and undici's own
   * `connectTimeout`; what takes longer fails the upload.
   *
   * @default {}
   */
  timeouts?: TimeoutOptions
  /**
   * What answers a 401 of the origin, and under `proxy` a proxy's 407: credentials, or a
   * function that answers header fields for the next attempt. Credentials name the origin that
   * gets them; those of one call of `upload` or `fetch` are for the origin of its URL. Keep the
   * object or function from one upload to the next: nonces are known by it.
   *
   * @default null
   */
  authenticate?: Authenticate | null
}

/** How often, when and after what an upload is tried again. */
export interface RetryOptions {
  /** Attempts beyond the first, at most. @default 3 */
  count?: number
  /** Statuses after which it is tried again. @default 408, 425, 429, 500, 502, 503, 504 */
  statuses?: readonly number[]
  /** Milliseconds before the first retry; doubled for each that follows. @default 500 */
  minDelay?: number
  /**
   * Milliseconds that a wait is never longer than; a longer `Retry-After` ends the tries. What is
   * added to a `Retry-After` at random, a quarter of it at most, comes on top.
   *
   * @default 30000
   */
  maxDelay?: number
}

/** How an upload goes on after an interruption. A {@link ResumeToken} is one: it goes on with that upload. */
export interface ResumeOptions extends Partial<ResumeToken> {
  /** Tries one after another of which none brings more of the content to the origin. @default 5 */
  attempts?: number
  /** Milliseconds before the first try; doubled for each that follows. @default 500 */
  minDelay?: number
  /** Milliseconds that a wait is never longer than; a longer `Retry-After` ends the tries. @default 30000 */
  maxDelay?: number
  /**
   * Told how another process can go on, as soon as that is known, and `null` once nobody can: the
   * upload is complete, or was cancelled. Where it is not set, an upload that fails or is aborted
   * is cancelled at the origin, but for one that another process began.
   */
  onToken?: (token: ResumeToken | null) => void
}

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

/** What a dispatcher does about redirects. */
export type RedirectMode = 'follow' | 'manual'

/** Complete, checked options. */
export type Settings = Readonly<Required<ExpectOptions>>

/** The names of {@link ExpectOptions}. */
export const expectOptionNames: readonly (keyof ExpectOptions)[] = [
  'expect',
  'threshold',
  'continueTimeout',
  'replayWindow',
  'rescueTimeout',
  'memory',
  'redirect',
  'maxRedirections',
  'allowInsecureRedirect',
  'retry',
  'resume',
  'timeouts',
  'authenticate',
]

/** The defaults, but for the memory, which is shared by the process. */
export const defaults: Omit<Settings, 'memory'> & { readonly continueTimeout: number } = {
  expect: 'auto',
  threshold: 1_048_576,
  continueTimeout: 1000,
  replayWindow: 262_144,
  rescueTimeout: 500,
  redirect: 'manual',
  maxRedirections: 5,
  allowInsecureRedirect: false,
  retry: 0,
  resume: false,
  timeouts: {},
  authenticate: null,
}

/** The ExpectOptions among other options; `null` when there are none. */
export function pickExpectOptions(options: object): ExpectOptions | null {
  if (!hasAny(options)) return null
  let picked: Record<string, unknown> | null = null
  for (const name of expectOptionNames) {
    const value = (options as Record<string, unknown>)[name]
    if (value === undefined) continue
    picked ??= {}
    picked[name] = value
  }
  return picked
}

/**
 * The ExpectOptions of one call of `upload` or `fetch`, among its other options.
 *
 * @throws TypeError naming the option whose value cannot be used.
 */
export function callOptions(given: object, url: string): ExpectOptions {
  const options = pickExpectOptions(given) ?? {}
  if (options.authenticate !== undefined) {
    options.authenticate = forCall(options.authenticate, url) as Authenticate | null
  }
  checkOptions(options)
  return options
}

/** Written out, because V8 finds names in a list one by one, for each request anew. */
function hasAny(options: ExpectOptions): boolean {
  return (
    options.expect !== undefined ||
    options.threshold !== undefined ||
    options.continueTimeout !== undefined ||
    options.replayWindow !== undefined ||
    options.rescueTimeout !== undefined ||
    options.memory !== undefined ||
    options.redirect !== undefined ||
    options.maxRedirections !== undefined ||
    options.allowInsecureRedirect !== undefined ||
    options.retry !== undefined ||
    options.resume !== undefined ||
    options.timeouts !== undefined ||
    options.authenticate !== undefined
  )
}

/**
 * Puts options over settings.
 *
 * @throws TypeError naming the option whose value cannot be used.
 */
export function mergeOptions(options: ExpectOptions, base: Settings): Settings {
  let settings: Record<string, unknown> | null = null
  for (const name of expectOptionNames) {
    const value = options[name]
    // What says the same costs nothing: `fetch` always says what it wants of redirects.
    if (value === undefined || value === base[name]) continue
    checkOption(name, value)
    settings ??= { ...base }
    settings[name] = value
  }
  return settings === null ? base : (Object.freeze(settings) as unknown as Settings)
}

/**
 * Checks options that are put over settings later.
 *
 * @throws TypeError naming the option whose value cannot be used.
 */
export function checkOptions(options: ExpectOptions): void {
  for (const name of expectOptionNames) {
    if (options[name] !== undefined) checkOption(name, options[name])
  }
}

/**
 * Refuses the token of one upload where options are for many.
 *
 * @throws TypeError
 */
export function refuseToken({ resume }: ExpectOptions): void {
  if (typeof resume !== 'object' || resume?.location === undefined) return
  throw new TypeError("Option 'resume' is the token of one upload; pass it to upload or fetch")
}

/** Whether every request is watched, even one that cannot ask: it may lead to another, or take too long. */
export function needsAttempts(settings: Settings): boolean {
  const { authenticate, retry, timeouts } = settings
  if (authenticate !== null || retry !== 0 || followsRedirects(settings)) return true
  return Object.values(timeouts).some((timeout) => timeout !== undefined)
}

/** Whether redirects are followed, and not handed over. */
export function followsRedirects({ redirect, maxRedirections }: Settings): boolean {
  return redirect === 'follow' && maxRedirections > 0
}
