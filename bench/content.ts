import { randomFillSync } from 'node:crypto'
import { close, createReadStream, open, read } from 'node:fs'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { promisify } from 'node:util'
import type { ContentKind } from './job.ts'

const chunkSize = 65_536
const mebibyte = 1_048_576

/** Content of one size, in the shapes that clients take. */
export class Content {
  readonly kind: ContentKind
  readonly size: number
  readonly #file: string | undefined
  /** All of it, or a mebibyte that chunks are cut from. */
  readonly bytes: Buffer

  constructor(kind: ContentKind, size: number, file?: string) {
    this.kind = kind
    this.size = size
    this.#file = file
    this.bytes = bytesFor(kind, size)
  }

  /** The file's path. */
  get file(): string {
    if (this.#file === undefined) throw new Error(`Content of kind '${this.kind}' has no file`)
    return this.#file
  }

  /** A form of one file. */
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

  /** Node's own stream of a file, as its documentation shows it. */
  fileStream(): Readable {
    return createReadStream(this.file)
  }

  webStream(): ReadableStream {
    return Readable.toWeb(this.stream())
  }
}

/** All of the content where it is at hand, or a mebibyte that chunks are cut from over and over. */
function bytesFor(kind: ContentKind, size: number): Buffer {
  if (kind === 'file') return Buffer.alloc(0)
  const inMemory = ['buffer', 'string', 'blob', 'form'].includes(kind)
  // Memory of its own: some clients do something about all that is behind a view.
  const bytes = Buffer.allocUnsafeSlow(inMemory ? size : Math.min(size, mebibyte))
  // Text of one byte a character, so that a string is as long as its bytes.
  const piece = kind === 'string' ? Buffer.alloc(mebibyte, 'a') : randomPiece()
  // Pages that were never written to would cost less.
  for (let at = 0; at < bytes.length; at += piece.length) piece.copy(bytes, at)
  return bytes
}

/** A mebibyte that does not compress. */
export function randomPiece(): Buffer {
  return randomFillSync(Buffer.allocUnsafe(mebibyte))
}

const [openFile, readFile, closeFile] = [promisify(open), promisify(read), promisify(close)]

/**
 * A file's bytes, as quick as Node reads them: a mebibyte at a time, into one of two buffers while the
 * other is written. Whoever takes a chunk must have it written before asking for the next.
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

/** Buffers from one file to the next: making them costs more than reading into them. */
const spares: Buffer[] = []

function spare(size: number): Buffer {
  const at = spares.findIndex(({ length }) => length === size)
  return at === -1 ? Buffer.allocUnsafeSlow(size) : (spares.splice(at, 1)[0] as Buffer)
}
