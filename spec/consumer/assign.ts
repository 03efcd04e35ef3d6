import { fetch } from 'expect-continue'

const a: typeof globalThis.fetch = fetch

/** Callers of the platform's fetch set duplex for a stream, which the types of the DOM lack. */
export function send(url: string, body: ReadableStream): Promise<Response> {
  return fetch(url, { method: 'POST', body, duplex: 'half' })
}

export { a }
