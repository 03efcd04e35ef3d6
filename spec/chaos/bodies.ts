import { Readable } from 'node:stream'
import type { ContentInput } from '../../lib/content/content.ts'
import { fromFile } from '../../lib/content/file.ts'
import type { UploadPlan } from './plan.ts'

export type BodyKind = (typeof bodyKinds)[number]

/** What is wrong with content: it throws, or its declared length is wrong. */
export type Flaw = 'throws' | 'short' | 'long'

export const bodyKinds = [
  'buffer',
  'string',
  'generator',
  'node stream',
  'web stream',
  'blob',
  'file',
  'factory',
] as const

/** The bytes from which all contents are cut, in memory and in a file. */
export interface Pool {
  readonly bytes: Buffer
  readonly path: string
}

/** The content of an upload. */
export interface Body {
  readonly input: ContentInput
  /** Exactly the bytes that the origin must get. */
  readonly bytes: Buffer
  readonly flaw: Flaw | null
  /** The length to declare in a header field, or `null`. */
  readonly contentLength: number | null
  /** The number of sources that were started and neither ended nor cancelled. */
  readonly open: () => number
}

/** The error of a source that throws. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

export function bodyOf({ kind, offset, size, declared, flaw }: UploadPlan, pool: Pool): Body {
  const cut = pool.bytes.subarray(offset, offset + size)
  const bytes = kind === 'string' ? Buffer.from(cut.toString('latin1')) : cut
  const source = new Source(bytes, flaw)
  const inputs: Record<BodyKind, () => ContentInput> = {
    buffer: () => bytes,
    string: () => cut.toString('latin1'),
    generator: () => source.generate(),
    'node stream': () => Readable.from(source.generate(), { objectMode: false }),
    'web stream': () => source.webStream(),
    blob: () => new Blob([bytes]),
    file: () => fromFile(pool.path, range(offset, size)),
    factory: () => () => source.generate(),
  }
  const own = ['generator', 'node stream', 'web stream', 'factory'].includes(kind)
  const lasting = flaw === 'short' || flaw === 'long'
  return {
    input: inputs[kind](),
    bytes,
    flaw: own && !(flaw === 'short' && size === 0) ? flaw : null,
    contentLength: own && (declared || lasting) ? bytes.length : null,
    open: () => source.open,
  }
}

/** Bytes that are read piece by piece, with their flaw. */
class Source {
  open = 0
  readonly #bytes: Buffer
  readonly #flaw: Flaw | null

  constructor(bytes: Buffer, flaw: Flaw | null) {
    this.#bytes = bytes
    this.#flaw = flaw
  }

  async *generate(): AsyncGenerator<Buffer> {
    this.open += 1
    try {
      yield* this.#chunks()
    } finally {
      this.open -= 1
    }
  }

  webStream(): ReadableStream<Uint8Array> {
    const chunks = this.generate()
    return new ReadableStream({
      type: 'bytes',
      pull: async (controller) => {
        const { done, value } = await chunks.next()
        if (!done) controller.enqueue(new Uint8Array(value))
        else {
          controller.close()
          controller.byobRequest?.respond(0)
        }
      },
      cancel: async () => {
        await chunks.return(undefined)
      },
    })
  }

  *#chunks(): Generator<Buffer> {
    const bytes = this.#bytes
    const end = this.#flaw === 'short' ? bytes.length - 1 : bytes.length
    const step = Math.max(1, Math.ceil(bytes.length / 7), 100)
    for (let at = 0; at < end; at += step) yield bytes.subarray(at, Math.min(end, at + step))
    if (this.#flaw === 'throws') throw new Broken('The source broke')
    if (this.#flaw === 'long') yield Buffer.from('x')
  }
}

/** The range of a file; an empty one starts after the first byte. */
function range(offset: number, size: number): { start: number; end: number } {
  const start = size === 0 ? Math.max(1, offset) : offset
  return { start, end: start + size - 1 }
}
