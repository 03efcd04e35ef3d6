import { type Content, makeContent } from '../../lib/content/content.ts'
import type { Reader, Step } from '../../lib/content/readers.ts'
import { turns } from './turns.ts'

export async function chunksIn(reader: Reader): Promise<unknown[]> {
  const chunks: unknown[] = []
  for (;;) {
    const step = await reader.next()
    if (step.done) return chunks
    chunks.push(step.value)
  }
}

export async function bytesOf(content: Content): Promise<Buffer> {
  const chunks = await chunksIn(await content.open())
  return Buffer.concat(
    chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array))),
  )
}

/** A reader of these chunks, which records the calls to it. */
export class LoggedReader implements Reader {
  readonly log: string[] = []
  readonly #chunks: unknown[]

  /** @param chunks yielded in order; an error among them is thrown. */
  constructor(...chunks: unknown[]) {
    this.#chunks = chunks
  }

  async next(): Promise<Step> {
    this.log.push('next')
    if (this.#chunks.length === 0) return { done: true, value: undefined }
    const value = this.#chunks.shift()
    if (value instanceof Error) throw value
    return { done: false, value }
  }

  free(bytes: number): void {
    this.log.push(`free ${bytes}`)
  }

  cancel(reason?: unknown): void {
    this.log.push(reason === undefined ? 'cancel' : `cancel: ${(reason as Error).name}`)
  }
}

/** The state of a promise after pending callbacks have run. */
export async function stateOf(
  promise: PromiseLike<unknown>,
): Promise<'pending' | 'fulfilled' | 'rejected'> {
  let state: 'pending' | 'fulfilled' | 'rejected' = 'pending'
  promise.then(
    () => {
      state = 'fulfilled'
    },
    () => {
      state = 'rejected'
    },
  )
  await turns()
  return state
}

/** The reason of a rejection, or `null`. */
export function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then(
    () => null,
    (reason: unknown) => reason,
  )
}

/** One-shot content that is read with this reader. A length is certain. */
export function readWith(reader: LoggedReader, length: number | null = null): Content {
  return makeContent({
    length,
    type: null,
    replayable: false,
    callsOut: length === null,
    open: () => reader,
  })
}

export function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}
