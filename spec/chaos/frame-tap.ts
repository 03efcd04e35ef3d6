import { createHash, type Hash } from 'node:crypto'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type Frame, FrameReader } from '../support/frames.ts'

/** The content of a request that arrived. */
export interface Digest {
  readonly bytes: number
  readonly sha256: string
}

/**
 * A HTTP/2 connection whose frames are read before Node's server gets them. Node also ends the readable side of a
 * stream that was reset. Here, only END_STREAM makes content complete (RFC 9113, section 8.1), even if the server no
 * longer reads it.
 */
export class FrameTap extends Duplex {
  /** The TCP connection below. */
  readonly connection: Socket
  readonly #socket: TLSSocket
  readonly #coming = new Map<number, { bytes: number; readonly hash: Hash }>()
  readonly #complete = new Map<number, Digest>()
  readonly #waiting = new Map<number, (digest: Digest) => void>()

  constructor(socket: TLSSocket, connection: Socket) {
    super()
    this.connection = connection
    this.#socket = socket
    const reader = new FrameReader((_text, frame) => this.#note(frame))
    socket.on('data', (bytes: Buffer) => {
      reader.read(bytes)
      if (!this.push(bytes)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('close', () => this.destroy())
  }

  /** Whether END_STREAM has arrived. */
  isComplete(stream: number): boolean {
    return this.#complete.has(stream)
  }

  /** Calls back when the content of a stream is complete. */
  whenComplete(stream: number, tell: (digest: Digest) => void): void {
    const digest = this.#complete.get(stream)
    if (digest === undefined) this.#waiting.set(stream, tell)
    else tell(digest)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(
    chunk: Buffer,
    encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    this.#socket.write(chunk, encoding, callback)
  }

  override _final(callback: () => void): void {
    this.#socket.end(callback)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.destroy()
    callback(error)
  }

  #note({ type, stream, ends, content }: Frame): void {
    if (type === 'RST_STREAM') {
      this.#coming.delete(stream)
      return
    }
    const coming = this.#coming.get(stream) ?? { bytes: 0, hash: createHash('sha256') }
    this.#coming.set(stream, coming)
    coming.bytes += content.length
    coming.hash.update(content)
    if (!ends) return
    this.#coming.delete(stream)
    const digest = { bytes: coming.bytes, sha256: coming.hash.digest('hex') }
    this.#complete.set(stream, digest)
    this.#waiting.get(stream)?.(digest)
  }
}
