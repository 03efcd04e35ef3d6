import {
  type Authenticate,
  forCall,
  wantedAuthenticate,
} from './recovery/authentication/authenticate.ts'
import type { ResumeOptions } from './recovery/resume.ts'
import { interopVersions } from './recovery/resume-fields.ts'
import type { RetryOptions } from './recovery/retry.ts'
import type { RouteMemory } from './routes/memory.ts'
import type { TimeoutOptions } from './upload/deadlines.ts'

/** Whether to ask before content is sent. */
export type ExpectMode = 'auto' | 'always' | 'never'

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

// A longer delay makes setTimeout fire at once.
const longestDelay = 2_147_483_647

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
export function settle(options: ExpectOptions, base: Settings): Settings {
  let settings: Record<string, unknown> | null = null
  for (const name of expectOptionNames) {
    const value = options[name]
    // What says the same costs nothing: `fetch` always says what it wants of redirects.
    if (value === undefined || value === base[name]) continue
    check(name, value)
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
    if (options[name] !== undefined) check(name, options[name])
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

function check(name: keyof ExpectOptions, value: unknown): void {
  const wanted = wants[name](value)
  if (wanted === null) return
  throw new TypeError(
    `Option '${name}' must be ${wanted}, not ${name === 'authenticate' ? kindOf(value) : describe(value)}`,
  )
}

const wants: Wants<ExpectOptions> = {
  expect: (value) =>
    value === 'auto' || value === 'always' || value === 'never'
      ? null
      : "'auto', 'always' or 'never'",
  threshold: (value) =>
    value === Number.POSITIVE_INFINITY ? null : wholeNumber(value, 'a number of bytes'),
  continueTimeout: (value) => (value === 'adaptive' ? null : delay(value, " or 'adaptive'")),
  replayWindow: (value) => wholeNumber(value, 'a number of bytes'),
  rescueTimeout: (value) => delay(value),
  memory: (value) => (value === false || isMemory(value) ? null : 'a RouteMemory or false'),
  redirect: (value) => (value === 'follow' || value === 'manual' ? null : "'follow' or 'manual'"),
  maxRedirections: (value) => wholeNumber(value, 'a number of redirects'),
  allowInsecureRedirect: (value) => (typeof value === 'boolean' ? null : 'true or false'),
  retry: (value) =>
    typeof value === 'object' && value !== null
      ? nestedWanted('RetryOptions', value, retryWants)
      : wholeNumber(value, 'RetryOptions or a number of attempts'),
  resume: (value) =>
    typeof value === 'object' && value !== null
      ? nestedWanted('ResumeOptions', value, resumeWants)
      : typeof value === 'boolean'
        ? null
        : 'ResumeOptions, true or false',
  timeouts: (value) =>
    typeof value === 'object' && value !== null
      ? nestedWanted('TimeoutOptions', value, timeoutWants)
      : 'TimeoutOptions',
  authenticate: wantedAuthenticate,
}

type Wants<Options> = Record<keyof Options, (value: unknown) => string | null>

/** What is wanted of the first of some options within an option that cannot be used. */
function nestedWanted<Options>(
  what: string,
  given: object,
  wantsOf: Wants<Options>,
): string | null {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(wantsOf, name)) return `${what}, which have no '${name}'`
    const wanted = value === undefined ? null : wantsOf[name as keyof Options](value)
    if (wanted !== null) return `${what} whose '${name}' is ${wanted}`
  }
  return null
}

const retryWants: Wants<RetryOptions> = {
  count: (value) => wholeNumber(value, 'a number of attempts'),
  statuses: (value) =>
    Array.isArray(value) && value.every((each) => Number.isInteger(each) && each >= 400)
      ? null
      : 'a list of statuses from 400 up',
  minDelay: delay,
  maxDelay: delay,
}

const resumeWants: Wants<ResumeOptions> = {
  attempts: (value) => wholeNumber(value, 'a number of attempts'),
  minDelay: delay,
  maxDelay: delay,
  onToken: (value) => (typeof value === 'function' ? null : 'a function'),
  location: (value) => (isHttpUrl(value) ? null : 'a URL of http: or https:'),
  offset: (value) => wholeNumber(value, 'a number of bytes'),
  length: (value) => (value === null ? null : wholeNumber(value, 'null or a number of bytes')),
  version: (value) =>
    interopVersions.includes(value as number) ? null : `one of ${interopVersions.join(', ')}`,
  revision: (value) => (typeof value === 'string' ? null : 'a string'),
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '')
}

const timeoutWants: Wants<TimeoutOptions> = {
  stall: delay,
  headers: delay,
  body: delay,
  total: delay,
}

function wholeNumber(value: unknown, what: string): string | null {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? null : `${what}, 0 or more`
}

function delay(value: unknown, orElse = ''): string | null {
  if (typeof value === 'number' && value >= 0 && value <= longestDelay) return null
  return `milliseconds from 0 to ${longestDelay}${orElse}`
}

function isMemory(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const named = value as Record<string, unknown>
  const methods = ['recall', 'remember', 'times', 'measured', 'forget']
  return methods.every((name) => typeof named[name] === 'function')
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** What stands where credentials may stand is not printed. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'undefined'
  return typeof value === 'object' ? 'this object' : `a ${typeof value}`
}
