import type { Dispatcher } from 'undici'

/** Header fields, of which only `set-cookie` is a list. */
export type NodeFields = Record<string, string | string[]>

/** Fields that cannot be lists (RFC 9110); node:http keeps the first of several. */
const single = new Set([
  'age',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'retry-after',
  'server',
])

/** The header fields of a response in the shape of node:http, which clients expect. */
export function nodeFields(fields: Dispatcher.ResponseData['headers']): NodeFields {
  const entries = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, ofNode(name, value)] as const],
  )
  return Object.fromEntries(entries)
}

function ofNode(name: string, value: string | string[]): string | string[] {
  if (name === 'set-cookie') return Array.isArray(value) ? value : [value]
  if (!Array.isArray(value)) return value
  return single.has(name) ? (value[0] ?? '') : value.join(', ')
}
