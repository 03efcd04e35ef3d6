/** How the content of a request is framed (RFC 9112, section 6): bytes, chunks, or no HTTP at all. */
export type RequestContent = number | 'chunked' | 'tunnel'

const contentLength = /\r\ncontent-length:[ \t]*(\d+)/i
const chunked = /\r\ntransfer-encoding:[^\r]*chunked/i
const upgrade = /\r\nupgrade:/i

/** What follows a request's head, which is given from its method to its blank line. */
export function contentAfter(head: string): RequestContent {
  if (head.startsWith('CONNECT ') || upgrade.test(head)) return 'tunnel'
  const length = contentLength.exec(head)
  if (length !== null) return Number(length[1])
  return chunked.test(head) ? 'chunked' : 0
}

/** The same head with the expectation. */
export function askingHead(head: string): string {
  return `${head.slice(0, -2)}expect: 100-continue\r\n\r\n`
}
