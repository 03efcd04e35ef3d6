import { UploadError } from './errors.ts'

/** How one attempt reads. */
export interface ViewOptions {
  /** Whether all but the first chunk waits until the content flows. */
  readonly held: boolean
  /** Called before the first chunk is read; what it throws is the view's failure. */
  onFirst(): void
  /** Called when the source breaks while nobody reads from it. */
  onFailed(error: unknown): void
  /** Called with the size of each chunk that is handed over. */
  onChunk(bytes: number): void
  /** How many bytes of the content nobody holds any more. */
  taken(): number
  /** Called at the end of the content; the end is told when this many bytes were accepted. */
  accepted(bytes: number): Promise<void>
}

/** One attempt's view of the content: the body it hands to undici. */
export class View implements AsyncIterableIterator<Uint8Array> {
  /** Chunks handed over so far. */
  position = 0
  #bytes = 0
  readonly #options: ViewOptions
  readonly #read: (view: View) => Promise<Uint8Array | null>
  readonly #released: Promise<void>
  #release: () => void = () => {}

  constructor(options: ViewOptions, read: (view: View) => Promise<Uint8Array | null>) {
    this.#options = options
    this.#read = read
    this.#released = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  /** Whether all but the first chunk waits for {@link release}. */
  get held(): boolean {
    return this.#options.held
  }

  /** How many bytes of the content nobody holds any more. */
  get taken(): number {
    return this.#options.taken()
  }

  /** Lets the content after the first chunk through. */
  release(): void {
    this.#release()
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.position === 0) this.#options.onFirst()
    else if (this.held) await this.#released
    const value = await this.#read(this)
    if (value === null) {
      await this.#options.accepted(this.#bytes)
      return { done: true, value: undefined }
    }
    this.position += 1
    this.#bytes += value.length
    this.#options.onChunk(value.length)
    return { done: false, value }
  }

  /** undici lets go of the attempt; whether the content is let go too is decided elsewhere. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    return { done: true, value: undefined }
  }

  /**
   * undici sends a request again by itself when a pipelined one behind it is given up, which
   * closes the connection. What is left of the content then is not the content.
   *
   * @throws UploadError when content was handed over before.
   */
  [Symbol.asyncIterator](): this {
    if (this.position > 0) throw begunAgain()
    return this
  }
}

function begunAgain(): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    'The connection was closed on account of another request on it, after content had been read; set pipelining to 1',
  )
}
