import { Stream } from 'node:stream'

/** A stream from before Readable: it emits data when it is piped, and has no read(). */
export class Pushing extends Stream {
  readable = true
  destroyed = false
  readonly #chunks: Iterator<Buffer>
  #paused = false

  constructor(chunks: Iterable<Buffer>) {
    super()
    this.#chunks = chunks[Symbol.iterator]()
  }

  override pipe<To extends NodeJS.WritableStream>(to: To): To {
    super.pipe(to)
    this.resume()
    return to
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    while (!this.#paused && !this.destroyed) {
      const { done, value } = this.#chunks.next()
      if (done) {
        this.emit('end')
        return
      }
      this.emit('data', value)
    }
  }

  destroy(): void {
    this.destroyed = true
    this.emit('close')
  }
}

/** A form, as the package form-data makes it. */
export class PushingForm extends Pushing {
  readonly #length: number | null
  readonly #bytes: number

  /** @param length `null` if it is only known asynchronously, NaN if it cannot be known. */
  constructor(chunks: readonly Buffer[], length: number | null) {
    super(chunks)
    this.#length = length
    this.#bytes = Buffer.concat(chunks).length
  }

  /** Clients recognise a form by this method and by the text below. */
  append(): void {}

  override toString(): string {
    return '[object FormData]'
  }

  getHeaders(): { 'content-type': string } {
    return { 'content-type': 'multipart/form-data; boundary=edge' }
  }

  hasKnownLength(): boolean {
    return this.#length !== null && !Number.isNaN(this.#length)
  }

  getLength(callback: (error: Error | null, length?: number) => void): void {
    if (Number.isNaN(this.#length)) callback(new Error('no length'))
    else callback(null, this.#bytes)
  }

  getLengthSync(): number {
    return this.#length ?? 0
  }
}
