import type { Dispatcher } from 'undici'

export interface OutgoingRequest {
  /** Without a fragment. */
  readonly url: string
  readonly origin: string
  readonly path: string
  readonly method: Dispatcher.HttpMethod
  /** Names and values in turn. */
  readonly headers: string[]
  readonly signal: AbortSignal | null
  /** The Request of the signal. The signal follows the caller's only while the Request is referenced. */
  readonly source?: Request | null
}

export function targetOf(url: URL): Pick<OutgoingRequest, 'url' | 'origin' | 'path'> {
  const { href, origin, pathname, search } = url
  return { url: href.replace(/#.*/, ''), origin, path: pathname + search }
}

/** Whether something is an AbortSignal of any realm. */
export function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false
  return 'throwIfAborted' in value && 'addEventListener' in value
}

/** Hop-by-hop fields, beside those that `Connection` names. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Header fields as Headers yields them: names in lower case, sorted. */
export type FieldPairs = readonly (readonly [name: string, value: string])[]

/** The fields of Headers without the hop-by-hop ones (RFC 9110, section 7.6.1). */
export function endToEnd(headers: Headers): FieldPairs {
  // One iteration: each call of a method of Headers costs about as much.
  const fields = [...headers]
  const connection = fields.find(([name]) => name === 'connection')?.[1]
  const named = connection?.toLowerCase().split(/[\s,]+/) ?? []
  return fields.filter(([name]) => !hopByHop.includes(name) && !named.includes(name))
}

export function hasField(fields: FieldPairs, name: string): boolean {
  return fields.some(([other]) => other === name)
}

/** A field to add, unless its value is `null`. */
export type AddedField = readonly [name: string, value: string | null]

/**
 * Header fields as a flat list.
 *
 * @param fields are the fields as the platform normalised them.
 * @param given has the caller's spelling of the names, because some origins compare their case.
 * @param added are defaults, used if there is no field of the name.
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

/** The caller's spelling by the lower-case name, which is all that Headers keeps; `null` if there is no difference. */
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

/** The `Accept-Encoding` that the platform's fetch would send. */
export function acceptedCodings(fields: FieldPairs, protocol: string): string {
  if (hasField(fields, 'range')) return 'identity'
  return protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate'
}
