/** The fields that replace undici's framing in a request head. */
interface RequestHeadChange {
  /** Bytes of content; `null` for chunked transfer coding (RFC 9112, section 7.1). */
  readonly length: number | null
  /** Whether the request carries the expectation (RFC 9110, section 10.1.1). */
  readonly asks: boolean
}

const blankLine = '\r\n\r\n'
const noContent = '\r\ncontent-length: 0\r\n\r\n'

/**
 * Adds the framing of the content, and the expectation, to the head of a request that undici wrote
 * without content. Returns `null` when the text is not a complete head.
 *
 * undici ends the head with `content-length: 0` for methods that expect content, and writes no
 * framing field for other methods.
 */
export function contentHead(head: string, { length, asks }: RequestHeadChange): string | null {
  if (!head.endsWith(blankLine)) return null
  const end = head.endsWith(noContent) ? noContent.length : blankLine.length
  const framing = length === null ? 'transfer-encoding: chunked' : `content-length: ${length}`
  const expect = asks ? '\r\nexpect: 100-continue' : ''
  return `${head.slice(0, -end)}\r\n${framing}${expect}\r\n\r\n`
}
