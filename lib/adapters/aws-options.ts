import type { AdapterOptions } from './sender.ts'

/** Where the handler warns. */
export interface AwsLogger {
  warn(...content: unknown[]): void
}

/** What `expectHandler` takes. */
export interface ExpectHandlerOptions extends AdapterOptions {
  /**
   * Milliseconds until the head of the response must have come; 0 for no limit. A request
   * that takes longer is warned of, as by the SDK's own handler.
   *
   * @default 0
   */
  requestTimeout?: number
  /**
   * Whether a request that takes longer fails, with a TimeoutError.
   *
   * @default false
   */
  throwOnRequestTimeout?: boolean
  /**
   * Milliseconds in which nothing may come or go once the connection is made; 0 for no limit.
   *
   * @default undici's 300 seconds
   */
  socketTimeout?: number
  /** Milliseconds until a connection must have been made. @default undici's 10 seconds */
  connectionTimeout?: number
  /** Where warnings go. @default the client's, or the console */
  logger?: AwsLogger
}

/** The names of the options that only this handler has. */
export const awsOptionNames = [
  'requestTimeout',
  'throwOnRequestTimeout',
  'socketTimeout',
  'connectionTimeout',
  'logger',
] as const

/** @throws TypeError naming the option, when its value cannot be used. */
export function checkAwsOption(name: (typeof awsOptionNames)[number], value: unknown): void {
  if (value === undefined) return
  const wanted = wants[name](value)
  if (wanted === null) return
  throw new TypeError(`Option '${name}' must be ${wanted}, not ${String(value)}`)
}

const milliseconds = (value: unknown): string | null =>
  typeof value === 'number' && value >= 0 ? null : 'milliseconds, 0 or more'

const wants: Record<(typeof awsOptionNames)[number], (value: unknown) => string | null> = {
  requestTimeout: milliseconds,
  throwOnRequestTimeout: (value) => (typeof value === 'boolean' ? null : 'true or false'),
  socketTimeout: milliseconds,
  connectionTimeout: milliseconds,
  logger: (value) => (isLogger(value) ? null : 'something with a function warn'),
}

function isLogger(value: unknown): value is AwsLogger {
  return typeof value === 'object' && value !== null && 'warn' in value
}
