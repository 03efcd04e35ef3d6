import { randomFillSync } from 'node:crypto'
import { close, createReadStream, open, read } from 'node:fs'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { promisify } from 'node:util'
import type { ContentKind } from './job.ts'

const chunkSize = 65_536
const mebibyte = 1_048_576

/** Content of one size, in the forms that clients accept. */
export class Content {
  readonly kind: ContentKind
  readonly size: number
  readonly #file: string | undefined
  /** The whole content, or 1 MiB that chunks are cut from. */
  readonly bytes: Buffer

  constructor(kind: ContentKind, size: number, file?: string) {
    this.kind = kind
    this.size = size
    this.#file = file
    this.bytes = bytesFor(kind, size)
  }

  get file(): string {
    if (this.#file === undefined) throw new Error(`Content of kind '${this.kind}' has no file`)
    return this.#file
  }

  /** A form with one file. */
  form(): FormData {
    const form = new FormData()
    form.set('file', new Blob([this.bytes]), 'file.bin')
    return form
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const held = this.bytes.length
    for (let at = 0; at < this.size; at += chunkSize) {
      const start = at % held
      const end = Math.min(start + chunkSize, start + this.size - at, held)
      yield this.bytes.subarray(start, end)
    }
  }

  stream(): Readable {
    return Readable.from(this.chunks(), { objectMode: false })
  }

  /** A stream of node:fs, as its documentation shows it. */
  fileStream(): Readable {
    return createReadStream(this.file)
  }

  webStream(): ReadableStream {
    return Readable.toWeb(this.stream())
  }
}

/** The whole content where it is in memory, or 1 MiB that chunks are cut from repeatedly. */
function bytesFor(kind: ContentKind, size: number): Buffer {
  if (kind === 'file') return Buffer.alloc(0)
  const inMemory = ['buffer', 'string', 'blob', 'form'].includes(kind)
  // Not a view of a pool: some clients process the whole ArrayBuffer of a view.
  const bytes = Buffer.allocUnsafeSlow(inMemory ? size : Math.min(size, mebibyte))
  // One byte per character, so that a string is as long as its bytes.
  const piece = kind === 'string' ? Buffer.alloc(mebibyte, 'a') : randomPiece()
  // Pages that were never written to would be faster.
  for (let at = 0; at < bytes.length; at += piece.length) piece.copy(bytes, at)
  return bytes
}

/** 1 MiB that does not compress. */
export function randomPiece(): Buffer {
  return randomFillSync(Buffer.allocUnsafe(mebibyte))
}

const [openFile, readFile, closeFile] = [promisify(open), promisify(read), promisify(close)]

/**
 * Reads a file as fast as Node can: 1 MiB at a time, into one of two buffers while the other is written. The caller
 * must have written a chunk before it asks for the next one.
 */
export async function* fileChunks(path: string, size: number): AsyncGenerator<Buffer> {
  const chunkSize = Math.min(size, mebibyte)
  const buffers = size > chunkSize ? [spare(chunkSize), spare(chunkSize)] : [spare(chunkSize)]
  const file = await openFile(path, 'r')
  try {
    const fill = (buffer: Buffer) => readFile(file, buffer, 0, chunkSize, null)
    let ahead = fill(buffers[0] as Buffer)
    for (let at = 0, turn = 0; at < size; turn++) {
      const { bytesRead, buffer } = await ahead
      at += bytesRead
      if (at < size) ahead = fill(buffers[(turn + 1) % 2] as Buffer)
      yield buffer.subarray(0, bytesRead)
    }
    spares.push(...buffers)
  } finally {
    await closeFile(file)
  }
}

/** Buffers are reused for the next file: allocating them takes longer than reading into them. */
const spares: Buffer[] = []

function spare(size: number): Buffer {
  const at = spares.findIndex(({ length }) => length === size)
  return at === -1 ? Buffer.allocUnsafeSlow(size) : (spares.splice(at, 1)[0] as Buffer)
}
