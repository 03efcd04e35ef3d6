import type { Source } from '../connection/source.ts'
import type { UploadContent } from '../content/upload-content.ts'

/** The attempt of a body. */
interface BodyOwner {
  /** Whether undici has begun to write the request. */
  readonly started: boolean
  /** Resolves when the content may be read; at once without a gate. */
  mayFlow(): Promise<void>
  /** @throws UploadError when no gate holds the content back. */
  mustHaveGate(): void
}

/**
 * The content as an iterable, for interceptors below and for clients without gates. A client with
 * gates does not read it.
 */
export class ContentBody implements AsyncIterableIterator<Uint8Array> {
  readonly #owner: BodyOwner
  readonly #content: UploadContent
  #source: Source | null = null

  constructor(owner: BodyOwner, content: UploadContent) {
    this.#owner = owner
    this.#content = content
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    // An interceptor may read it before undici starts the request; undici reads it only afterwards.
    if (this.#owner.started) this.#owner.mustHaveGate()
    if (this.#source === null) await this.#owner.mayFlow()
    this.#source ??= await this.#content.open()
    for (;;) {
      const value = await readChunk(this.#source)
      if (value === null) return { done: true, value: undefined }
      if (value !== undefined) return { done: false, value }
    }
  }

  /** Does not release the content, which the upload may need for another attempt. */
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
