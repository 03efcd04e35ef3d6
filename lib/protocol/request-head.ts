/** What is put into a request head in the place of undici's framing. */
export interface RequestHeadChange {
  /** Bytes of content; `null` for chunks (RFC 9112, section 7.1). */
  readonly length: number | null
  /** Whether the request asks (RFC 9110, section 10.1.1). */
  readonly asks: boolean
}

const blankLine = '\r\n\r\n'
const noContent = '\r\ncontent-length: 0\r\n\r\n'

/**
 * The head of a request that undici wrote without content, with the framing of its content and
 * the expectation; `null` when this is not a whole head.
 *
 * undici ends the head of a method that takes content with `content-length: 0`, and writes no
 * framing field for other methods.
 */
export function contentHead(head: string, { length, asks }: RequestHeadChange): string | null {
  if (!head.endsWith(blankLine)) return null
  const end = head.endsWith(noContent) ? noContent.length : blankLine.length
  const framing = length === null ? 'transfer-encoding: chunked' : `content-length: ${length}`
  const expect = asks ? '\r\nexpect: 100-continue' : ''
  return `${head.slice(0, -end)}\r\n${framing}${expect}\r\n\r\n`
}
