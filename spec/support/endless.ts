import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import type { OneShotInput } from '../../lib/content/content.ts'

/** Content without an end, which counts how often it is cancelled. */
interface Endless {
  readonly content: OneShotInput
  readonly cancelled: () => number
}

const chunk = new Uint8Array(16_384).fill(0x61)

/** One of each kind of source that must be cancelled. */
export const endless: Readonly<Record<string, () => Endless>> = {
  'an iterator': () => {
    let count = 0
    const content: AsyncIterableIterator<Uint8Array> = {
      next: async () => ({ done: false, value: chunk }),
      return: async () => {
        count += 1
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]: () => content,
    }
    return { content, cancelled: () => count }
  },
  'a web stream': () => {
    let count = 0
    const content = new ReadableStream({
      pull: (controller) => controller.enqueue(chunk),
      cancel: () => {
        count += 1
      },
    })
    return { content, cancelled: () => count }
  },
  'a Node stream': () => {
    let count = 0
    const content = new Readable({
      read() {
        this.push(chunk)
      },
      destroy: (error, callback) => {
        count += 1
        callback(error)
      },
    })
    return { content, cancelled: () => count }
  },
}
