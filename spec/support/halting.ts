import { Readable } from 'node:stream'
import type { ContentInput } from '../../lib/content/content.ts'
import { chunksOf, type Kind } from './contents.ts'

/** Pauses a source until the spec resumes it. */
export class Halt {
  readonly resumed: Promise<void>
  #resume: () => void = () => {}

  constructor() {
    this.resumed = new Promise((resolve) => {
      this.#resume = resolve
    })
  }

  resume(): void {
    this.#resume()
  }
}

/** A kind of content that may pause until the spec resumes it. */
export interface HaltingKind extends Omit<Kind, 'make'> {
  make(bytes: Buffer, halt: Halt): ContentInput
}

const length = (bytes: Buffer): Record<string, string> => ({
  'content-length': String(bytes.length),
})
const none = (): Record<string, string> => ({})

/** Content that pauses halfway, so that an origin can answer in the meantime. */
export const haltingKinds: readonly HaltingKind[] = [
  {
    name: 'a halting factory with a declared length',
    known: true,
    replayable: true,
    make: (bytes, halt) => () => halfway(bytes, halt),
    headers: length,
  },
  {
    name: 'a halting factory',
    known: false,
    replayable: true,
    make: (bytes, halt) => () => Readable.from(halfway(bytes, halt)),
    headers: none,
  },
  {
    name: 'a halting stream with a declared length',
    known: true,
    replayable: false,
    make: (bytes, halt) => Readable.from(halfway(bytes, halt)),
    headers: length,
  },
  {
    name: 'a halting generator',
    known: false,
    replayable: false,
    make: (bytes, halt) => halfway(bytes, halt),
    headers: none,
  },
]

async function* halfway(bytes: Buffer, halt: Halt): AsyncGenerator<Buffer> {
  const [first = bytes, second = bytes, ...rest] = chunksOf(bytes)
  yield first
  yield second
  await halt.resumed
  yield* rest
}
