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

/** Header fields as Headers yield them: names in small letters, in order. */
export type FieldPairs = readonly (readonly [name: string, value: string])[]

/** The fields of Headers, without what is not passed on from one connection to the next (RFC 9110, section 7.6.1). */
export function endToEnd(headers: Headers): FieldPairs {
  // One look at all of it: each call of a method of Headers costs about as much.
  const fields = [...headers]
  const connection = fields.find(([name]) => name === 'connection')?.[1]
  const named = connection?.toLowerCase().split(/[\s,]+/) ?? []
  return fields.filter(([name]) => !hopByHop.includes(name) && !named.includes(name))
}

/** Whether there is a field of this name. */
export function hasField(fields: FieldPairs, name: string): boolean {
  return fields.some(([other]) => other === name)
}

/** A field to add, unless its value is `null`. */
export type AddedField = readonly [name: string, value: string | null]

/**
 * Header fields as a flat list.
 *
 * @param fields are what the platform made of those given.
 * @param given says how the caller spells the names: some origins compare them by case.
 * @param added are taken where there is none of the name.
 */
export function fieldList(
  fields: FieldPairs,
  given: RequestInit['headers'],
  added: readonly AddedField[],
): string[] {
  const spelled = spellingOf(given)
  const list: string[] = []
  for (const [name, value] of fields) list.push(spelled?.get(name) ?? name, value)
  for (const [name, value] of added) {
    if (value !== null && !hasField(fields, name)) list.push(name, value)
  }
  return list
}

/** The names by their small letters, which is all that Headers keep of them; `null` where there are no others. */
function spellingOf(given: RequestInit['headers']): Map<string, string> | null {
  if (given === undefined || given instanceof Headers) return null
  const names = Symbol.iterator in given ? [...given].map(([name]) => name) : Object.keys(given)
  let spelled: Map<string, string> | null = null
  for (const name of names.map(String)) {
    const small = name.toLowerCase()
    if (small === name && spelled === null) continue
    spelled ??= new Map()
    spelled.set(small, name)
  }
  return spelled
}

/** The codings that a response may come in, as the platform's fetch accepts them. */
export function acceptedCodings(fields: FieldPairs, protocol: string): string {
  if (hasField(fields, 'range')) return 'identity'
  return protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate'
}
