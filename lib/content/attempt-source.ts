import type { Source } from '../connection/source.ts'
import type { Step } from './readers.ts'
import type { Part, UploadContent } from './upload-content.ts'

export class AttemptSource implements Source {
  /** The index of the next kept chunk, including dropped ones. */
  position: number
  offset: number
  /** The offset at which the part ends; `null` for the end of the content. */
  readonly end: number | null
  /** The last bytes of a declared length, held back until the content has ended. */
  lastBytes: Uint8Array | null = null
  readonly start: number
  readonly #content: UploadContent

  constructor(content: UploadContent, { start, end }: Part, position: number, offset: number) {
    this.#content = content
    this.position = position
    this.offset = offset
    this.start = start
    this.end = end
  }

  /** The part of the next bytes that lies between start and end. */
  cut(bytes: Uint8Array): Uint8Array {
    const from = Math.max(0, this.start - this.offset)
    const to = (this.end ?? Number.POSITIVE_INFINITY) - this.offset
    this.offset += Math.min(bytes.length, to)
    return from === 0 && to >= bytes.length ? bytes : bytes.subarray(from, to)
  }

  read(): Uint8Array | null | undefined | PromiseLike<unknown> {
    return this.#content.read(this)
  }

  take(value: unknown): Uint8Array | null | undefined {
    return this.#content.take(this, value as Step)
  }

  fail(error: unknown): void {
    this.#content.failed(this, error)
  }

  /** The bytes held back, after the end of the content; `null` when there are none. */
  rest(): Uint8Array | null {
    const { lastBytes } = this
    this.lastBytes = null
    return lastBytes
  }

  free(bytes: number): void {
    this.#content.free(this, bytes)
  }
}
