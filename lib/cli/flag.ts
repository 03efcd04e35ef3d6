import { validateHeaderName, validateHeaderValue } from 'node:http'
import { InvalidArgumentError } from '@commander-js/extra-typings'
import { UsageError } from './command.ts'

const unit = { '': 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** Reads a number of bytes: `1048576`, or `1024k`, `1M`, `1MiB` by powers of 1024. */
export function bytes(text: string): number {
  const [, digits = '', letter = ''] = /^(\d+)(?:([kMG])(?:iB)?)?$/.exec(text) ?? []
  const read = Number(digits) * unit[letter as keyof typeof unit]
  if (digits !== '' && Number.isSafeInteger(read)) return read
  throw new InvalidArgumentError('It must be a number of bytes, such as 65536, 64k or 1MiB.')
}

/** Reads a whole number from 0 up. */
export function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

/** Reads a whole number from 1 up. */
export function positive(text: string): number {
  const read = count(text)
  if (read > 0) return read
  throw new InvalidArgumentError('It must be 1 or more.')
}

/** Reads a port; 0 is one of the system's choice. */
export function portNumber(text: string): number {
  const read = count(text)
  if (read < 65_536) return read
  throw new InvalidArgumentError('It must be a port, up to 65535.')
}

/** Reads milliseconds, or `adaptive`. */
export function wait(text: string): number | 'adaptive' {
  if (text === 'adaptive') return text
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError("It must be milliseconds, or 'adaptive'.")
}

/** Reads where a timeline goes: an SVG file, or `-`. */
export function timelineFile(text: string): string {
  if (text === '-' || text.endsWith('.svg')) return text
  throw new InvalidArgumentError("It must be a file that ends in .svg, or '-'.")
}

/** Reads a method. */
export function method(text: string): string {
  if (/^[!#$%&'*+.^_`|~\w-]+$/.test(text)) return text
  throw new InvalidArgumentError('It must be a method, such as POST.')
}

/** Reads a header field, and puts it to those that were read before. */
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
    // What was given is not said: it may hold credentials.
    throw new UsageError("a header field must be 'name: value'")
  }
  return [...before, field]
}

/** Reads the URL that an upload goes to. */
export function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(`'${text}' is no http or https URL; write http://… or https://…`)
  }
  if (url.username === '' && url.password === '') return url
  throw new UsageError(`the URL for ${url.host} holds credentials; use --basic or --digest`)
}
