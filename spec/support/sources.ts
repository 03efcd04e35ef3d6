import type { Source } from '../../lib/connection/source.ts'
import type { Content, ContentInput } from '../../lib/content/content.ts'
import { contentOf } from '../../lib/content/kinds.ts'
import { UploadContent, type UploadContentOptions } from '../../lib/content/upload-content.ts'
import { isPromise } from '../../lib/unknown.ts'
import { joined } from './cuts.ts'

/** Content of an upload. By default it has no length and no replay window. */
export function uploadContentOf(
  input: ContentInput | Content,
  options: Partial<UploadContentOptions> = {},
  onBroken?: (error: unknown) => void,
): UploadContent {
  const inContext: UploadContentOptions['inContext'] = (call, ...args) => call(...args)
  const all = { length: null, replayWindow: 0, canReuseBuffers: false, inContext, ...options }
  return new UploadContent(contentOf(input), all, onBroken)
}

/** The next chunk as text, or `null` at the end. */
export async function nextOf(source: Source): Promise<string | null> {
  for (;;) {
    const found = source.read()
    const bytes = isPromise(found) ? await bytesFrom(source, found) : found
    if (bytes !== undefined) return bytes === null ? null : joined([bytes])
  }
}

async function bytesFrom(
  source: Source,
  step: PromiseLike<unknown>,
): Promise<Uint8Array | null | undefined> {
  let value: unknown
  try {
    value = await step
  } catch (error) {
    source.fail(error)
    throw error
  }
  return source.take(value)
}

/** The rest of a source as text. */
export async function restOf(source: Source): Promise<string> {
  let read = ''
  for (let chunk = await nextOf(source); chunk !== null; chunk = await nextOf(source)) read += chunk
  return read
}

/** One-shot content of these chunks, which counts calls of next() and return(). */
export class Counted implements AsyncIterableIterator<string> {
  nextCalls = 0
  returnCalls = 0
  readonly #chunks: string[]

  constructor(...chunks: string[]) {
    this.#chunks = chunks
  }

  async next(): Promise<IteratorResult<string>> {
    this.nextCalls++
    const value = this.#chunks.shift()
    return value === undefined ? { done: true, value } : { done: false, value }
  }

  async return(): Promise<IteratorResult<string>> {
    this.returnCalls++
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** Reads until the end or an error. */
export async function readAll(source: Source): Promise<{ chunks: string[]; error: unknown }> {
  const chunks: string[] = []
  for (;;) {
    try {
      const chunk = await nextOf(source)
      if (chunk === null) return { chunks, error: null }
      chunks.push(chunk)
    } catch (error) {
      return { chunks, error }
    }
  }
}
