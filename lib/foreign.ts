import type { FetchInit, FetchInput } from './fetch.ts'

/** A Request of another realm, such as that of the undici package. */
interface ForeignRequest {
  readonly url: string
  readonly method: string
  readonly headers: Iterable<[string, string]>
  readonly body: FetchInit['body']
  readonly signal: AbortSignal
  readonly redirect: NonNullable<RequestInit['redirect']>
  readonly keepalive: boolean
  readonly integrity: string
}

/** What fetch is to work on: the platform knows its own Request only. */
export function adopted(
  input: FetchInput,
  init: FetchInit,
): { input: FetchInput; init: FetchInit } {
  if (!isForeign(input)) return { input, init }
  const { url, method, body, signal, redirect, keepalive, integrity } = input
  const headers = [...input.headers]
  const own = { method, headers, signal, redirect, keepalive, integrity, ...(body && { body }) }
  return { input: url, init: { ...own, ...init } }
}

function isForeign(input: unknown): input is ForeignRequest {
  if (typeof input !== 'object' || input === null || input instanceof Request) return false
  const tag = (input as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'Request' && 'url' in input
}
