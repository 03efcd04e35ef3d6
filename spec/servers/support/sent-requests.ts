/** A request that was sent on a connection. */
export interface SentRequest {
  readonly method: string
  readonly path: string
  /** Whether its head had an expectation. */
  readonly asked: boolean
  /** Its content without the framing, possibly incomplete. */
  readonly content: Buffer
  /** Whether all content was sent. */
  readonly complete: boolean
}

/** Parses the requests that a client sent one after another. */
export function sentRequests(bytes: Buffer): SentRequest[] {
  const requests: SentRequest[] = []
  let rest = bytes
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    const head = rest.toString('latin1', 0, end)
    const [, method = '', path = ''] = /^([A-Z]+) (\S+) HTTP\/1\.1\r\n/.exec(`${head}\r\n`) ?? []
    if (end < 0 || method === '') return requests
    const { content, complete, after } = contentAfter(head, rest.subarray(end + 4))
    requests.push({
      method,
      path,
      asked: /^expect: 100-continue\r?$/im.test(head),
      content,
      complete,
    })
    rest = after
  }
}

interface Framed {
  readonly content: Buffer
  readonly complete: boolean
  readonly after: Buffer
}

function contentAfter(head: string, bytes: Buffer): Framed {
  if (/^transfer-encoding: chunked\r?$/im.test(head)) return chunked(bytes)
  const length = Number(/^content-length: (\d+)\r?$/im.exec(head)?.[1] ?? 0)
  const content = bytes.subarray(0, length)
  return { content, complete: content.length === length, after: bytes.subarray(length) }
}

function chunked(bytes: Buffer): Framed {
  const chunks: Buffer[] = []
  let rest = bytes
  for (;;) {
    const line = rest.indexOf('\r\n')
    const size = line < 0 ? Number.NaN : Number.parseInt(rest.toString('latin1', 0, line), 16)
    const start = line + 2
    const complete = size === 0 && rest.length >= start + 2
    if (Number.isNaN(size) || size === 0) {
      return { content: Buffer.concat(chunks), complete, after: rest.subarray(start + 2) }
    }
    chunks.push(rest.subarray(start, start + size))
    if (rest.length < start + size + 2) {
      return { content: Buffer.concat(chunks), complete: false, after: Buffer.alloc(0) }
    }
    rest = rest.subarray(start + size + 2)
  }
}
