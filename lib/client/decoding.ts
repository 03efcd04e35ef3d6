import { Transform, type TransformCallback } from 'node:stream'
// The default import, because Node 20 lacks some names: the import would fail before the version is checked.
import zlib from 'node:zlib'

/** The most codings, as in the platform's fetch: each takes memory, and content can grow with each. */
const maxCodings = 5

// Content whose end is missing is accepted, as in browsers.
const lenient = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH }
const lenientBrotli = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
}

const lenientZstd = {
  flush: zlib.constants.ZSTD_e_continue,
  finishFlush: zlib.constants.ZSTD_e_end,
}

const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', () => zlib.createGunzip(lenient)],
  ['x-gzip', () => zlib.createGunzip(lenient)],
  ['deflate', () => new Inflate()],
  ['br', () => zlib.createBrotliDecompress(lenientBrotli)],
  ['zstd', () => zlib.createZstdDecompress(lenientZstd)],
])

/**
 * The decoders for a `Content-Encoding` (RFC 9110, section 8.4), in the order in which they are
 * applied. There are none if one of the codings is unknown.
 *
 * @throws Error when there are too many.
 */
export function decodersOf(codings: string): Transform[] {
  const names = codings.split(',').map((name) => name.trim().toLowerCase())
  if (names.length > maxCodings) {
    throw new Error(
      `too many content-encodings in response: ${names.length}, maximum allowed is ${maxCodings}`,
    )
  }
  const known = names.flatMap((name) => decoders.get(name) ?? [])
  if (known.length < names.length) return []
  // The coding that was applied last is listed last, and decoded first.
  return known.reverse().map((make) => make())
}

/** `deflate` is the zlib format, but some origins send the raw one (RFC 9110, section 8.4.1.2). */
class Inflate extends Transform {
  #inner: Transform | null = null
  #next: TransformCallback = () => {}

  override _transform(chunk: Buffer, encoding: BufferEncoding, callback: TransformCallback): void {
    this.#inner ??= this.#decoderFor(chunk)
    this.#next = callback
    if (this.#inner.readableEnded) this.#accepted()
    else this.#inner.write(chunk, encoding, () => this.#accepted())
  }

  override _read(size: number): void {
    this.#inner?.resume()
    super._read(size)
  }

  override _flush(callback: TransformCallback): void {
    if (this.#inner === null || this.#inner.readableEnded) {
      callback()
      return
    }
    this.#inner.once('end', callback)
    this.#inner.end()
  }

  #decoderFor(chunk: Buffer): Transform {
    const isZlib = ((chunk[0] ?? 0) & 0x0f) === 8
    const inner = isZlib ? zlib.createInflate(lenient) : zlib.createInflateRaw(lenient)
    inner.on('data', (data) => {
      if (!this.push(data)) inner.pause()
    })
    // zlib never calls back a write with bytes behind the end of the content.
    inner.on('end', () => this.#accepted())
    inner.on('error', (error) => this.destroy(error))
    return inner
  }

  #accepted(): void {
    const next = this.#next
    this.#next = () => {}
    next()
  }
}

/** The error of the platform's fetch when the content of a response breaks off. */
export function terminated(cause: Error): TypeError {
  return new TypeError('terminated', { cause })
}
