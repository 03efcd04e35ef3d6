import type { Content } from '../../lib/content/content.ts'
import type { Reading, Step } from '../../lib/content/reading.ts'

/** Reads to the end, and answers the chunks as they came. */
export async function chunksIn(reading: Reading): Promise<unknown[]> {
  const chunks: unknown[] = []
  for (;;) {
    const step = await reading.next()
    if (step.done) return chunks
    chunks.push(step.value)
  }
}

/** Opens content that nobody watches. */
export function opened(content: Content): Reading {
  return content.open(() => {})
}

/** Opens content and reads it to its end. */
export async function bytesOf(content: Content): Promise<Buffer> {
  const chunks = await chunksIn(opened(content))
  return Buffer.concat(
    chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array))),
  )
}

/** A reading of these chunks, which writes down what is done to it. */
export class Logged implements Reading {
  readonly log: string[] = []
  readonly #chunks: unknown[]

  /** @param chunks come one after the other; an error among them is thrown. */
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

  cancel(reason?: unknown): void {
    this.log.push(reason === undefined ? 'cancel' : `cancel: ${(reason as Error).name}`)
  }
}

/** What a promise has come to; `pending` after all that was due has run. */
export async function stateOf(
  promise: Promise<unknown>,
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
  await new Promise((turn) => setImmediate(turn))
  return state
}
