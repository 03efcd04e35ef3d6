import { Stream } from 'node:stream'

/** A stream of the kind before Readable: it pushes when it is piped, and cannot be read from. */
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

/** A form as the package form-data makes it. */
export class PushingForm extends Pushing {
  readonly #length: number | null

  /** @param length `null` where a part of the form has none that is known. */
  constructor(chunks: readonly Buffer[], length: number | null) {
    super(chunks)
    this.#length = length
  }

  getHeaders(): { 'content-type': string } {
    return { 'content-type': 'multipart/form-data; boundary=edge' }
  }

  hasKnownLength(): boolean {
    return this.#length !== null
  }

  getLengthSync(): number {
    return this.#length ?? 0
  }
}
