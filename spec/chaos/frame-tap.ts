import { createHash, type Hash } from 'node:crypto'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type Frame, FrameReader } from '../support/frames.ts'

/** What came as the content of a request. */
export interface Digest {
  readonly bytes: number
  readonly sha256: string
}

/**
 * A connection of HTTP/2 that is looked into on its way to node's server. Node ends what it
 * reads of a stream that was reset, too; here END_STREAM alone makes content complete
 * (RFC 9113, section 8.1), whether the server is still interested or not.
 */
export class FrameTap extends Duplex {
  /** The TCP connection beneath. */
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

  /** Whether the content of a stream has come to its end. */
  isComplete(stream: number): boolean {
    return this.#complete.has(stream)
  }

  /** Tells of the content of a stream when it is complete, now or later. */
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
