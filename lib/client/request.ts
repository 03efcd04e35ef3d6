import type { Dispatcher } from 'undici'

/** A request as it is dispatched, but for its content. */
export interface OutgoingRequest {
  /** Without a fragment. */
  readonly url: string
  readonly origin: string
  readonly path: string
  readonly method: Dispatcher.HttpMethod
  /** A flat list. */
  readonly headers: string[]
  readonly signal: AbortSignal | null
  /** The Request that the signal is of: it follows the caller's only as long as the Request is held. */
  readonly source?: Request | null
}

/** Where a request goes that is for a URL. */
export function targetOf(url: URL): Pick<OutgoingRequest, 'url' | 'origin' | 'path'> {
  const { href, origin, pathname, search } = url
  return { url: href.replace(/#.*/, ''), origin, path: pathname + search }
}

/** Whether something is an AbortSignal, of whatever realm. */
export function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false
  return 'throwIfAborted' in value && 'addEventListener' in value
}

/** Fields that are for one connection, beside those that `Connection` names. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Leaves out what is not passed on from one connection to the next (RFC 9110, section 7.6.1). */
export function endToEnd(headers: Headers): Headers {
  const named =
    headers
      .get('connection')
      ?.toLowerCase()
      .split(/[\s,]+/) ?? []
  for (const name of [...hopByHop, ...named]) {
    if (name !== '' && headers.has(name)) headers.delete(name)
  }
  return headers
}

/** A field to add, unless its value is `null`. */
export type AddedField = readonly [name: string, value: string | null]

/**
 * Header fields as a flat list.
 *
 * @param headers are what the platform made of those given.
 * @param given says how the caller spells the names: some origins compare them by case.
 * @param added are taken where there is none of the name.
 */
export function fieldList(
  headers: Headers,
  given: RequestInit['headers'],
  added: readonly AddedField[],
): string[] {
  const spelled = spellingOf(given)
  const fields: string[] = []
  for (const [name, value] of headers) fields.push(spelled.get(name) ?? name, value)
  for (const [name, value] of added) {
    if (value !== null && !headers.has(name)) fields.push(name, value)
  }
  return fields
}

/** The names by their small letters, which is all that Headers keep of them. */
function spellingOf(given: RequestInit['headers']): Map<string, string> {
  if (given === undefined || given instanceof Headers) return new Map()
  const pairs = Symbol.iterator in given ? [...given] : Object.entries(given)
  return new Map(pairs.map(([name = '']) => [String(name).toLowerCase(), String(name)]))
}

/** The codings that a response may come in, as the platform's fetch accepts them. */
export function acceptedCodings(headers: Headers, protocol: string): string {
  if (headers.has('range')) return 'identity'
  return protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate'
}
