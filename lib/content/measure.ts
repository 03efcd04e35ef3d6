import { UploadError } from '../errors.ts'
import type { Reading, Step } from './reading.ts'

/**
 * A reading held to its declared length. The last byte is handed over only once the source
 * has ended, so that an origin never sees a complete message when the source goes on
 * (or falls short).
 */
export class MeasuredReading {
  readonly #reading: Reading
  readonly #exact: boolean
  readonly #length: number | null
  #seen = 0
  #tail: Uint8Array | null = null
  #over = false

  constructor(reading: Reading, exact: boolean, length: number | null) {
    this.#reading = reading
    this.#exact = exact
    this.#length = length
  }

  /**
   * The next chunk that is not empty, or `null` at the end, at once where the source has it;
   * `taken` as of a {@link Reading}.
   */
  next(taken?: number): Promise<Uint8Array | null> | Uint8Array | null {
    if (this.#tail !== null) {
      const tail = this.#tail
      this.#tail = null
      return this.#endOf(tail)
    }
    if (this.#exact && this.#seen > 0 && this.#seen === this.#length) return this.#end()
    while (!this.#over) {
      const step = this.#step(taken)
      if (step instanceof Promise) return this.#later(step, taken)
      const chunk = this.#chunkOf(step)
      if (chunk === null || chunk instanceof Promise || chunk.length > 0) return chunk
    }
    return null
  }

  #step(taken: number | undefined): Step | Promise<Step> {
    try {
      return this.#reading.next(taken)
    } catch (error) {
      this.#over = true
      throw error
    }
  }

  /** The same, where the source has to be waited for. */
  async #later(first: Promise<Step>, taken: number | undefined): Promise<Uint8Array | null> {
    let step: Step | Promise<Step> = first
    for (;;) {
      let found: Step
      try {
        found = await step
      } catch (error) {
        this.#over = true
        throw error
      }
      const chunk = this.#chunkOf(found)
      if (chunk === null || chunk instanceof Promise || chunk.length > 0) return chunk
      step = this.#step(taken)
    }
  }

  #chunkOf(step: Step): Promise<Uint8Array> | Uint8Array | null {
    const first = this.#seen === 0
    const chunk = this.#measured(step)
    if (chunk === null) return this.#end()
    if (chunk.length === 0 || this.#exact || this.#seen !== this.#length) return chunk
    // The first chunk is all there is, and looking for the end would read on before the
    // go-ahead: all but its last byte is enough to ask with.
    if (first && chunk.length > 1) {
      this.#tail = chunk.subarray(-1)
      return chunk.subarray(0, -1)
    }
    return this.#endOf(chunk)
  }

  /** Lets go of the source, unless it has ended or failed by itself. */
  cancel(reason?: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#reading.cancel(reason)
  }

  /** Hands over the last bytes, once nothing comes after them. */
  async #endOf(chunk: Uint8Array): Promise<Uint8Array> {
    await this.next()
    return chunk
  }

  /** The bytes of a step; `null` at the end. */
  #measured({ done, value }: Step): Uint8Array | null {
    if (done) return null
    const chunk = toBytes(value)
    if (chunk === null) throw this.#refuse(unusable(value))
    this.#seen += chunk.length
    if (this.#length !== null && this.#seen > this.#length) {
      throw this.#refuse(wrongLength('ERR_EXPECT_CONTENT_LONG', 'went on past', this.#length))
    }
    return chunk
  }

  #end(): null {
    this.#over = true
    if (this.#length === null || this.#seen >= this.#length) return null
    const how = `ended after ${this.#seen} bytes, short of`
    throw wrongLength('ERR_EXPECT_CONTENT_SHORT', how, this.#length)
  }

  #refuse(error: UploadError): UploadError {
    this.cancel(error)
    return error
  }
}

function toBytes(value: unknown): Uint8Array | null {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return Buffer.from(value)
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof ArrayBuffer) return Buffer.from(value)
  return null
}

function wrongLength(
  code: 'ERR_EXPECT_CONTENT_SHORT' | 'ERR_EXPECT_CONTENT_LONG',
  how: string,
  length: number,
): UploadError {
  return new UploadError(
    code,
    `The content ${how} its declared length of ${length} bytes; the connection was closed before the request was complete`,
  )
}

function unusable(value: unknown): UploadError {
  const what = value === null ? 'null' : typeof value
  return new UploadError(
    'ERR_EXPECT_CONTENT_TYPE',
    `The content yielded ${what === 'object' ? Object.prototype.toString.call(value) : what}, which is neither bytes nor a string`,
  )
}
