import type { Source } from '../connection/source.ts'
import type { UploadContent } from '../content/upload-content.ts'
import type { Attempt } from './attempt.ts'

/**
 * The content as an iterable, for interceptors below and for clients without gates. A client with
 * gates does not read it.
 */
export class ContentBody implements AsyncIterableIterator<Uint8Array> {
  readonly #attempt: Attempt
  readonly #content: UploadContent
  #source: Source | null = null

  constructor(attempt: Attempt, content: UploadContent) {
    this.#attempt = attempt
    this.#content = content
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    // An interceptor may read it before undici starts the request; undici reads it only afterwards.
    if (this.#attempt.started) this.#attempt.mustHaveGate()
    if (this.#source === null) await this.#attempt.mayFlow()
    this.#source ??= await this.#content.open()
    for (;;) {
      const value = await readChunk(this.#source)
      if (value === null) return { done: true, value: undefined }
      if (value !== undefined) return { done: false, value }
    }
  }

  /** Does not discard the content, which the upload may need for another attempt. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

async function readChunk(source: Source): Promise<Uint8Array | null | undefined> {
  const found = source.read()
  if (found === null || found === undefined || found instanceof Uint8Array) return found
  let step: unknown
  try {
    step = await found
  } catch (error) {
    source.fail(error)
    throw error
  }
  return source.take(step)
}
