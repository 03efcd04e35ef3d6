import { validateHeaderName, validateHeaderValue } from 'node:http'
import { InvalidArgumentError } from '@commander-js/extra-typings'
import { UsageError } from './session.ts'

type Reader<Value> = (text: string) => Value

const sizes = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }
const times = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
/** The longest delay in milliseconds. With a longer one setTimeout fires at once. */
export const longestDelay = 2_147_483_647

/** Reads a number of bytes: `1048576`, or `1024k`, `1M`, `1MiB` by powers of 1024. */
export function bytes(text: string): number {
  const [, digits = '', letter = ''] = /^(\d+)(?:([kmg])(?:i?b)?)?$/i.exec(text) ?? []
  const read = Number(digits) * sizes[letter.toLowerCase() as keyof typeof sizes]
  if (digits !== '' && Number.isSafeInteger(read)) return read
  throw new InvalidArgumentError('It must be a number of bytes, such as 65536, 64k or 1MiB.')
}

export const count: Reader<number> = wholeNumber(0, 999_999_999, 'It must be a whole number.')

export const positive: Reader<number> = wholeNumber(1, 999_999_999, 'It must be 1 or more.')

export const portNumber: Reader<number> = wholeNumber(0, 65_535, 'It must be a port, up to 65535.')

function wholeNumber(min: number, max: number, complaint: string): Reader<number> {
  return (text) => {
    const read = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (read >= min && read <= max) return read
    throw new InvalidArgumentError(complaint)
  }
}

/** Reads seconds, as curl's timeouts are, or a time with its unit; returns milliseconds. */
export const seconds: Reader<number> = time('s', 'It must be seconds, or a time such as 500ms.')

export const milliseconds: Reader<number> = time('ms', 'It must be milliseconds, or such as 1.5s.')

export const wait: Reader<number | 'adaptive'> = (text) =>
  text === 'adaptive' ? text : time('ms', "It must be milliseconds, or 'adaptive'.")(text)

function time(preset: keyof typeof times, complaint: string): Reader<number> {
  return (text) => {
    const [, number = '', unit = preset] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? []
    const read = Math.ceil(Number(number) * times[unit as keyof typeof times])
    if (number !== '' && read <= longestDelay) return read
    throw new InvalidArgumentError(complaint)
  }
}

export function timelineFile(text: string): string {
  if (text === '-' || text.endsWith('.svg')) return text
  throw new InvalidArgumentError("It must be a file that ends in .svg, or '-'.")
}

/** Reads a method or the name of a header field: both are tokens (RFC 9110, section 5.6.2). */
export function token(text: string): string {
  if (/^[!#$%&'*+.^_`|~\w-]+$/.test(text)) return text
  throw new InvalidArgumentError('It must be one word, such as POST or X-Checksum.')
}

export function collected(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

/** Fields about the connection, which `upload` leaves out (RFC 9110, section 7.6.1). */
const ofConnection =
  /^(?:connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i

export function headerField(
  text: string,
  before: readonly [string, string][] = [],
): [string, string][] {
  const colon = text.indexOf(':')
  const field: [string, string] = [text.slice(0, colon), text.slice(colon + 1).trim()]
  try {
    if (colon < 0) throw new TypeError('no colon')
    validateHeaderName(field[0])
    validateHeaderValue(...field)
  } catch {
    // The message leaves the value out, which may hold credentials.
    throw new UsageError("a header field must be 'name: value'")
  }
  if (ofConnection.test(field[0])) {
    const hint = /^transfer/i.test(field[0])
      ? '; a body from standard input (-) is sent chunked'
      : ''
    throw new UsageError(`the client writes the header field ${field[0]} itself${hint}`)
  }
  return [...before, field]
}

export function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(`'${text}' is no http or https URL; write http://… or https://…`)
  }
  if (url.username === '' && url.password === '') return url
  throw new UsageError(`the URL for ${url.host} holds credentials; use --user`)
}
