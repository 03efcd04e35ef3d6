import { interopVersions } from '../protocol/resumable-upload.ts'
import { isObject, longestDelay } from '../unknown.ts'
import { wantedAuthenticate } from './authenticate.ts'
import type { ExpectOptions, ResumeOptions, RetryOptions, TimeoutOptions } from './options.ts'

/** @throws TypeError naming the option if its value cannot be used. */
export function checkOption(name: keyof ExpectOptions, value: unknown): void {
  const wanted = wants[name](value)
  if (wanted !== null) throw unusable(name, wanted, value)
}

/** Options whose values may contain credentials. */
const secret = ['authenticate', 'resume.location']

function unusable(name: string, wanted: string, value: unknown): TypeError {
  const found = secret.includes(name) ? kindOf(value) : describe(value)
  return new TypeError(`Option '${name}' must be ${wanted}, not ${found}`)
}

/** What each option must be, as the end of a sentence; `null` if the value is right. */
export const wants: Wants<ExpectOptions> = {
  expect: oneOf(['auto', 'always', 'never'], "'auto', 'always' or 'never'"),
  threshold: (value) =>
    value === Number.POSITIVE_INFINITY ? null : wholeNumber(value, 'a number of bytes'),
  continueTimeout: (value) => (value === 'adaptive' ? null : delay(value, " or 'adaptive'")),
  replayWindow: (value) => wholeNumber(value, 'a number of bytes'),
  rescueTimeout: (value) => delay(value),
  memory: (value) => (value === false || isMemory(value) ? null : 'a RouteMemory or false'),
  redirect: oneOf(['follow', 'manual'], "'follow' or 'manual'"),
  maxRedirections: (value) => wholeNumber(value, 'a number of redirects'),
  allowInsecureRedirect: oneOf([true, false], 'true or false'),
  retry: (value) =>
    isObject(value)
      ? nestedWanted('retry', value, retryWants)
      : wholeNumber(value, 'RetryOptions or a number of attempts'),
  resume: (value) =>
    isObject(value)
      ? nestedWanted('resume', value, resumeWants)
      : oneOf([true, false], 'ResumeOptions, true or false')(value),
  timeouts: (value) =>
    isObject(value) ? nestedWanted('timeouts', value, timeoutWants) : 'TimeoutOptions',
  authenticate: wantedAuthenticate,
}

type Wants<Options> = Record<keyof Options, (value: unknown) => string | null>

function oneOf(values: readonly unknown[], wanted: string): (value: unknown) => string | null {
  return (value) => (values.includes(value) ? null : wanted)
}

/** @throws TypeError naming the first one that is unknown or cannot be used. */
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
  version: oneOf(interopVersions, `one of ${interopVersions.join(', ')}`),
  revision: (value) => (typeof value === 'string' ? null : 'a string'),
  digest: oneOf(['sha-256', 'sha-512'], "'sha-256' or 'sha-512'"),
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
  const methods = ['recall', 'remember', 'times', 'measured', 'forget']
  return isObject(value) && methods.every((name) => typeof value[name] === 'function')
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  return isObject(value) ? 'an object' : String(value)
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'undefined'
  return typeof value === 'object' ? 'this object' : `a ${typeof value}`
}
