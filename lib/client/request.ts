import { Request as UndiciRequest } from 'undici'

/** Whose Request it is: the platform's, the undici package's, or that of a realm unknown here. */
export type Realm = 'platform' | 'undici' | 'other'

/** The realm of a Request; `null` for anything else. */
export function realmOf(input: unknown): Realm | null {
  if (input instanceof Request) return 'platform'
  if (input instanceof UndiciRequest) return 'undici'
  if (typeof input !== 'object' || input === null) return null
  const tag = (input as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'Request' && 'url' in input ? 'other' : null
}

/** Reads all of a Request but its body, and puts an init over it, as fetch does. */
export function readRequest<Init extends object>(
  request: Request,
  init: Init,
): { input: string; init: Init & RequestInit } {
  const { url, method, signal, redirect, keepalive, integrity, cache, credentials } = request
  const { referrer, referrerPolicy } = request
  const headers = [...request.headers] as [string, string][]
  const read = { method, headers, signal, redirect, keepalive, integrity, cache, credentials }
  return { input: url, init: { ...read, referrer, referrerPolicy, ...init } }
}
