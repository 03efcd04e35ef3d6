/**
 * The header that carries a ticket from the policy to the gate. The gate takes it out of
 * every head it finds it in, so it never reaches an origin.
 */
export const markName = 'x-expect-continue-ticket'

/** How the content of a request is framed (RFC 9112, section 6). */
export type RequestContent = number | 'chunked' | 'tunnel'

/** What a request's head says to a gate. */
export interface RequestHead {
  /** Bytes of content, `'chunked'`, or `'tunnel'` when no HTTP follows the head. */
  readonly content: RequestContent
  /** The ticket in the head, or `null`. */
  readonly ticket: string | null
}

const mark = `\r\n${markName}: `
const contentLength = /\r\ncontent-length:[ \t]*(\d+)/i
const chunked = /\r\ntransfer-encoding:[^\r]*chunked/i
const upgrade = /\r\nupgrade:/i

/** Reads a request's head, from its method to its blank line. */
export function readHead(head: string): RequestHead {
  const at = head.indexOf(mark)
  const ticket = at === -1 ? null : head.slice(at + mark.length, head.indexOf('\r\n', at + 2))
  return { content: contentOf(head), ticket }
}

function contentOf(head: string): RequestContent {
  if (head.startsWith('CONNECT ') || upgrade.test(head)) return 'tunnel'
  const length = contentLength.exec(head)
  if (length !== null) return Number(length[1])
  return chunked.test(head) ? 'chunked' : 0
}

/** Puts the expectation where the mark stood. */
export function askingHead(head: string, ticket: string): string {
  return head.replace(`${mark}${ticket}\r\n`, '\r\nexpect: 100-continue\r\n')
}

/** Takes the mark out and puts nothing in its place. */
export function plainHead(head: string, ticket: string): string {
  return head.replace(`${mark}${ticket}\r\n`, '\r\n')
}
