import { type Content, type ContentInput, contentOf } from '../../lib/content/content.ts'
import { Source, type SourceOptions } from '../../lib/content/source.ts'
import type { View, ViewOwner } from '../../lib/content/view.ts'
import { joined } from './cuts.ts'

/** A source of content, with no length and no replay window unless they are given. */
export function sourceOf(
  input: ContentInput | Content,
  options: Partial<SourceOptions> = {},
): Source {
  return new Source(contentOf(input), { length: null, replayWindow: 0, ...options })
}

/** A view that is told of nothing and waits for nobody, unless it is given more. */
export function viewOf(source: Source, options: Partial<ViewOwner> = {}): View {
  return source.view({
    held: false,
    onFirst: () => {},
    onFailed: () => {},
    onChunk: () => {},
    taken: () => 0,
    accepted: async () => {},
    ...options,
  })
}

/** The next chunk as text, or `null` at the end. */
export async function nextOf(view: View): Promise<string | null> {
  const { done, value } = await view.next()
  return done ? null : joined([value])
}

/** All that a view has yet to hand over. */
export async function restOf(view: View): Promise<string> {
  let read = ''
  for (let chunk = await nextOf(view); chunk !== null; chunk = await nextOf(view)) read += chunk
  return read
}

/** One-shot content of these chunks, which counts how often it was asked and left. */
export class Counted implements AsyncIterableIterator<string> {
  asked = 0
  left = 0
  readonly #chunks: string[]

  constructor(...chunks: string[]) {
    this.#chunks = chunks
  }

  async next(): Promise<IteratorResult<string>> {
    this.asked++
    const value = this.#chunks.shift()
    return value === undefined ? { done: true, value } : { done: false, value }
  }

  async return(): Promise<IteratorResult<string>> {
    this.left++
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** A turn of the event loop, in which all that is due has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
