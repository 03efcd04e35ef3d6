import { interopVersions } from '../protocol/resumable-upload.ts'
import { wantedAuthenticate } from './authenticate.ts'
import type { ExpectOptions, ResumeOptions, RetryOptions, TimeoutOptions } from './options.ts'

// With a longer delay setTimeout fires at once.
const longestDelay = 2_147_483_647

/**
 * Checks one option.
 *
 * @throws TypeError naming the option if its value cannot be used.
 */
export function checkOption(name: keyof ExpectOptions, value: unknown): void {
  const wanted = wants[name](value)
  if (wanted !== null) throw unusable(name, wanted, value)
}

function unusable(name: string, wanted: string, value: unknown): TypeError {
  const found = /^authenticate|location$/.test(name) ? kindOf(value) : describe(value)
  return new TypeError(`Option '${name}' must be ${wanted}, not ${found}`)
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
      ? nestedWanted('retry', value, retryWants)
      : wholeNumber(value, 'RetryOptions or a number of attempts'),
  resume: (value) =>
    typeof value === 'object' && value !== null
      ? nestedWanted('resume', value, resumeWants)
      : typeof value === 'boolean'
        ? null
        : 'ResumeOptions, true or false',
  timeouts: (value) =>
    typeof value === 'object' && value !== null
      ? nestedWanted('timeouts', value, timeoutWants)
      : 'TimeoutOptions',
  authenticate: wantedAuthenticate,
}

type Wants<Options> = Record<keyof Options, (value: unknown) => string | null>

/**
 * Checks the options within an option.
 *
 * @throws TypeError naming the first one that is unknown or cannot be used.
 */
function nestedWanted<Options>(option: string, given: object, wantsOf: Wants<Options>): null {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(wantsOf, name)) {
      const known = Object.keys(wantsOf).join(', ')
      throw new TypeError(`Option '${option}' has no '${name}'; known are ${known}`)
    }
    const wanted = value === undefined ? null : wantsOf[name as keyof Options](value)
    if (wanted !== null) throw unusable(`${option}.${name}`, wanted, value)
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
  digest: (value) => (value === 'sha-256' || value === 'sha-512' ? null : "'sha-256' or 'sha-512'"),
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '')
}

const timeoutWants: Wants<TimeoutOptions> = {
  connect: delay,
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

/** Hides values in which there may be credentials. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'undefined'
  return typeof value === 'object' ? 'this object' : `a ${typeof value}`
}
