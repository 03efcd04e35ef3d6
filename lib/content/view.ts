import { UploadError } from '../errors.ts'

/** The attempt that reads. */
export interface ViewOwner {
  /** Whether all but the first chunk waits until the content flows. */
  readonly held: boolean
  /** Told before the first chunk is read; what it throws is the view's failure. */
  onFirst(): void
  /** Told when the source breaks while nobody reads from it. */
  onFailed(error: unknown): void
  /** Told the size of each chunk that is handed over. */
  onChunk(bytes: number): void
  /** How many bytes of the content nobody holds any more. */
  taken(): number
  /** Told of the end of the content; the end is handed on when this many bytes were accepted. */
  accepted(bytes: number): Promise<void>
}

/** What is read from. */
export interface ViewSource {
  /** The next chunk for a view; `null` at the end. */
  next(view: View): Promise<Uint8Array | null> | Uint8Array | null
}

/** One attempt's view of the content: the body it hands to undici. */
export class View implements AsyncIterableIterator<Uint8Array> {
  /** Chunks handed over so far. */
  position = 0
  #bytes = 0
  readonly #owner: ViewOwner
  readonly #source: ViewSource
  #released = false
  /** Whoever waits for the release. */
  #waiting: (() => void) | null = null

  constructor(owner: ViewOwner, source: ViewSource) {
    this.#owner = owner
    this.#source = source
  }

  /** Whether all but the first chunk waits for {@link release}. */
  get held(): boolean {
    return this.#owner.held
  }

  /** How many bytes of the content nobody holds any more. */
  get taken(): number {
    return this.#owner.taken()
  }

  /** Lets the content after the first chunk through. */
  release(): void {
    this.#released = true
    this.#waiting?.()
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.position === 0) this.#owner.onFirst()
    else if (this.held && !this.#released) await this.#release()
    const found = this.#source.next(this)
    // Waiting for what is there already would cost as much as all else that is done to it.
    const value = found instanceof Promise ? await found : found
    if (value === null) {
      await this.#owner.accepted(this.#bytes)
      return { done: true, value: undefined }
    }
    this.position += 1
    this.#bytes += value.length
    this.#owner.onChunk(value.length)
    return { done: false, value }
  }

  #release(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
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
