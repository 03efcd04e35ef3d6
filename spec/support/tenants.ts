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
export class Diary {
  readonly seen: [where: string, store: string | undefined][] = []

  note(where: string): void {
    this.seen.push([where, storage.getStore()])
  }

  /** The places that saw the store of another tenant. */
  foreign(tenant: string): string[] {
    const wrong = this.seen.filter(([, store]) => store !== tenant)
    return wrong.map(([where, store]) => `${where} of ${tenant} saw ${store}`)
  }

  saw(...places: string[]): void {
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
  make(diary: Diary, pieces: number): unknown
  readonly sent: readonly string[]
  readonly left: readonly string[]
}

export const notingKinds: ReadonlyMap<string, NotingKind> = new Map<string, NotingKind>([
  [
    'a function',
    {
      make: (diary, pieces) => () => {
        diary.note('function')
        return generate(diary, pieces)
      },
      sent: ['function', 'generator', 'generator after a turn', 'finally'],
      left: ['function', 'generator', 'finally'],
    },
  ],
  [
    'an async function',
    {
      make: (diary, pieces) => async () => {
        diary.note('function')
        await turns()
        diary.note('function after a turn')
        return generate(diary, pieces)
      },
      sent: ['function', 'function after a turn', 'generator', 'finally'],
      left: ['function', 'generator', 'finally'],
    },
  ],
  [
    'a length and a function',
    {
      make: (diary, pieces) => ({
        length: Math.min(pieces, 1_000_000) * bytes.length,
        open: () => {
          diary.note('open')
          return generate(diary, pieces)
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
      make: (diary, pieces) => {
        let count = 0
        const content = {
          next: async () => {
            diary.note('next')
            await turns()
            count += 1
            return count > pieces ? { done: true, value: undefined } : { done: false, value: bytes }
          },
          return: async () => {
            diary.note('return')
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
      make: (diary, pieces) => {
        let count = 0
        return new Readable({
          read() {
            diary.note('read')
            count += 1
            this.push(count > pieces ? null : bytes)
          },
          destroy(error, done) {
            diary.note('destroy')
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
      make: (diary, pieces) => {
        let count = 0
        const source = {
          pull: (controller: ReadableStreamDefaultController<Uint8Array>) => {
            diary.note('pull')
            count += 1
            if (count > pieces) controller.close()
            else controller.enqueue(bytes)
          },
          cancel: () => diary.note('cancel'),
        }
        return new ReadableStream<Uint8Array>(source, { highWaterMark: 0 })
      },
      sent: ['pull'],
      left: ['pull', 'cancel'],
    },
  ],
])

async function* generate(diary: Diary, pieces: number): AsyncGenerator<Buffer> {
  try {
    diary.note('generator')
    for (let count = 0; count < pieces; count++) {
      yield bytes
      await turns()
      diary.note('generator after a turn')
    }
  } finally {
    diary.note('finally')
  }
}
