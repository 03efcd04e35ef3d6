/** A request, as far as it arrived. */
export interface Received {
  readonly head: string
  readonly content: Buffer
  /** Whether all content arrived. */
  readonly complete: boolean
}

/** The requests on a connection. */
export interface Requests {
  readonly requests: Received[]
  /** The bytes after the last request, or of an incomplete head. */
  readonly rest: string
}

/** Parses the requests in the bytes of a connection. */
export function requestsIn(bytes: Buffer): Requests {
  const requests: Received[] = []
  let rest = bytes
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end === -1) return { requests, rest: rest.toString('latin1') }
    const head = rest.toString('latin1', 0, end + 4)
    const { length, ...content } = contentIn(head, rest.subarray(end + 4))
    requests.push({ head, ...content })
    rest = rest.subarray(end + 4 + length)
    if (!content.complete) return { requests, rest: '' }
  }
}

interface Content {
  readonly content: Buffer
  readonly complete: boolean
  /** Bytes including the framing. */
  readonly length: number
}

function contentIn(head: string, bytes: Buffer): Content {
  const declared = /^content-length: (\d+)\r$/im.exec(head)?.[1]
  if (declared !== undefined) {
    const content = bytes.subarray(0, Number(declared))
    return { content, complete: content.length === Number(declared), length: content.length }
  }
  if (/^transfer-encoding: chunked\r$/im.test(head)) return unchunked(bytes)
  return { content: Buffer.alloc(0), complete: true, length: 0 }
}

function unchunked(bytes: Buffer): Content {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const end = bytes.indexOf('\r\n', at)
    const line = end === -1 ? '' : bytes.toString('latin1', at, end)
    const size = /^[0-9a-f]+$/i.test(line) ? Number.parseInt(line, 16) : 0
    if (end !== -1 && line !== '' && size === 0) {
      const complete = /^0+$/.test(line) && bytes.toString('latin1', end + 2, end + 4) === '\r\n'
      return { content: Buffer.concat(chunks), complete, length: end + 4 }
    }
    if (size === 0) return { content: Buffer.concat(chunks), complete: false, length: bytes.length }
    chunks.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
    if (at > bytes.length) {
      return { content: Buffer.concat(chunks), complete: false, length: bytes.length }
    }
  }
}
