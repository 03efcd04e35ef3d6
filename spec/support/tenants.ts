import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { expect } from 'chai'
import { noise } from './contents.ts'
import { turns } from './turns.ts'

/** The tenant of the current call. */
export const storage: AsyncLocalStorage<string> = new AsyncLocalStorage()

const bytes = noise(50_000)

/** Records which store is active at each place. */
export class StoreLog {
  readonly seen: [where: string, store: string | undefined][] = []

  note(where: string): void {
    this.seen.push([where, storage.getStore()])
  }

  /** The places that saw the store of another tenant. */
  foreignPlaces(tenant: string): string[] {
    const wrong = this.seen.filter(([, store]) => store !== tenant)
    return wrong.map(([where, store]) => `${where} of ${tenant} saw ${store}`)
  }

  expectPlaces(...places: string[]): void {
    const all = this.seen.map(([where]) => where)
    expect(all, 'the places').to.include.members(places)
  }
}

/**
 * A kind of content that records the store in each callback. `sent` and `left` are the places it records when it is
 * sent to its end and when it is cancelled.
 */
interface NotingKind {
  /** With an infinite number of pieces, the content must be cancelled. */
  make(log: StoreLog, pieces: number): unknown
  readonly sent: readonly string[]
  readonly left: readonly string[]
}

export const notingKinds: ReadonlyMap<string, NotingKind> = new Map<string, NotingKind>([
  [
    'a function',
    {
      make: (log, pieces) => () => {
        log.note('function')
        return generate(log, pieces)
      },
      sent: ['function', 'generator', 'generator after a turn', 'finally'],
      left: ['function', 'generator', 'finally'],
    },
  ],
  [
    'an async function',
    {
      make: (log, pieces) => async () => {
        log.note('function')
        await turns()
        log.note('function after a turn')
        return generate(log, pieces)
      },
      sent: ['function', 'function after a turn', 'generator', 'finally'],
      left: ['function', 'generator', 'finally'],
    },
  ],
  [
    'a length and a function',
    {
      make: (log, pieces) => ({
        length: Math.min(pieces, 1_000_000) * bytes.length,
        open: () => {
          log.note('open')
          return generate(log, pieces)
        },
      }),
      sent: ['open', 'generator', 'finally'],
      left: ['open', 'generator', 'finally'],
    },
  ],
  [
    'a generator',
    {
      make: generate,
      sent: ['generator', 'generator after a turn', 'finally'],
      left: ['generator', 'finally'],
    },
  ],
  [
    'an iterator',
    {
      make: (log, pieces) => {
        let count = 0
        const content = {
          next: async () => {
            log.note('next')
            await turns()
            count += 1
            return count > pieces ? { done: true, value: undefined } : { done: false, value: bytes }
          },
          return: async () => {
            log.note('return')
            return { done: true, value: undefined }
          },
          [Symbol.asyncIterator]: () => content,
        }
        return content
      },
      sent: ['next'],
      left: ['next', 'return'],
    },
  ],
  [
    'a Node stream',
    {
      make: (log, pieces) => {
        let count = 0
        return new Readable({
          read() {
            log.note('read')
            count += 1
            this.push(count > pieces ? null : bytes)
          },
          destroy(error, done) {
            log.note('destroy')
            done(error)
          },
        })
      },
      sent: ['read'],
      left: ['read', 'destroy'],
    },
  ],
  [
    'a web stream',
    {
      make: (log, pieces) => {
        let count = 0
        const source = {
          pull: (controller: ReadableStreamDefaultController<Uint8Array>) => {
            log.note('pull')
            count += 1
            if (count > pieces) controller.close()
            else controller.enqueue(bytes)
          },
          cancel: () => log.note('cancel'),
        }
        return new ReadableStream<Uint8Array>(source, { highWaterMark: 0 })
      },
      sent: ['pull'],
      left: ['pull', 'cancel'],
    },
  ],
])

async function* generate(log: StoreLog, pieces: number): AsyncGenerator<Buffer> {
  try {
    log.note('generator')
    for (let count = 0; count < pieces; count++) {
      yield bytes
      await turns()
      log.note('generator after a turn')
    }
  } finally {
    log.note('finally')
  }
}
