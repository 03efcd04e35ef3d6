import type { UploadListeners } from '../report/report.ts'
import { type Authenticate, forCall } from './authenticate.ts'
import { checkOption, wants } from './check.ts'
import type { ExpectOptions } from './options.ts'

export type Settings = Readonly<Required<ExpectOptions>>

export const expectOptionNames = Object.keys(wants) as readonly (keyof ExpectOptions)[]

/** The defaults without the memory, which the process shares. */
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
  const picked: Record<string, unknown> = {}
  for (const name of expectOptionNames) {
    const value = (options as ExpectOptions)[name]
    if (value !== undefined) picked[name] = value
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

export const listenerNames = ['onProgress', 'onContinue', 'onInterim'] as const

/** @throws TypeError naming one that is not a function. */
export function pickListeners(options: UploadListeners): UploadListeners {
  const { onProgress, onContinue, onInterim } = options
  for (const name of listenerNames) {
    if (options[name] === undefined || typeof options[name] === 'function') continue
    throw new TypeError(`Option '${name}' must be a function`)
  }
  return { onProgress, onContinue, onInterim }
}

/** Written out for speed: a loop over the names is slow for each request. */
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

/** @throws TypeError naming the option whose value cannot be used. */
export function mergeOptions(options: ExpectOptions, base: Settings): Settings {
  let settings: Record<string, unknown> | null = null
  for (const name of expectOptionNames) {
    const value = options[name]
    // Equal values make no copy: `fetch` always sets `redirect`.
    if (value === undefined || value === base[name]) continue
    checkOption(name, value)
    settings ??= { ...base }
    settings[name] = value
  }
  return settings === null ? base : (Object.freeze(settings) as unknown as Settings)
}

/** @throws TypeError naming the option whose value cannot be used. */
export function checkOptions(options: ExpectOptions): void {
  for (const name of expectOptionNames) {
    if (options[name] !== undefined) checkOption(name, options[name])
  }
}

/** @throws TypeError if options for many uploads have the token of one. */
export function refuseToken({ resume }: ExpectOptions): void {
  if (typeof resume !== 'object' || resume?.location === undefined) return
  throw new TypeError("Option 'resume' is the token of one upload; pass it to upload or fetch")
}

/** Whether requests without content go through an upload too: for a redirect, a retry, a challenge or a timeout. */
export function needsAttempts(settings: Settings): boolean {
  const { authenticate, retry, timeouts } = settings
  if (authenticate !== null || retry !== 0 || followsRedirects(settings)) return true
  return Object.values(timeouts).some((timeout) => timeout !== undefined)
}

export function followsRedirects({ redirect, maxRedirections }: Settings): boolean {
  return redirect === 'follow' && maxRedirections > 0
}
