/** What can be taken over from a Request of another realm. */
export interface ForeignRequest {
  readonly url: string
  readonly init: RequestInit
}

/**
 * Reads a Request of another realm, such as that of the undici package, which the platform's
 * fetch does not know; `null` for anything else.
 */
export function readForeign(input: unknown): ForeignRequest | null {
  if (!isForeign(input)) return null
  const { url, method, body, signal, redirect, keepalive, integrity } = input
  const headers = [...input.headers] as [string, string][]
  const init = { method, headers, signal, redirect, keepalive, integrity, ...(body && { body }) }
  return { url, init }
}

function isForeign(input: unknown): input is Request {
  if (typeof input !== 'object' || input === null || input instanceof Request) return false
  const tag = (input as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'Request' && 'url' in input
}
