/** What the origin needs to know of a request. */
export interface RequestHead {
  readonly path: string
  readonly length: number
  readonly asks: boolean
  /** Bytes of the head, its empty line included. */
  readonly size: number
}

/**
 * Reads the head that stands at the beginning of some bytes, as far as the origin needs it.
 *
 * @returns `null` when it is not whole yet.
 * @throws Error for content without a declared length, which no candidate sends.
 */
export function readHead(bytes: Buffer): RequestHead | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const text = bytes.toString('latin1', 0, end)
  const [, path = ''] = text.split(' ', 2)
  if (/^transfer-encoding:/im.test(text)) throw new Error(`The content has no length: ${text}`)
  return {
    path,
    length: Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0),
    asks: /^expect: *100-continue/im.test(text),
    size: end + 4,
  }
}
