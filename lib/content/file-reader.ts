import type { Stats } from 'node:fs'
import { UploadError } from '../errors.ts'
import { fs } from '../runtime/builtins.ts'
import { giveBuffer, takeBuffer, type UsedBuffer } from './buffer-pool.ts'
import { done, type Reader, type Step } from './readers.ts'

interface Extent {
  readonly start: number
  readonly length: number
  readonly chunkSize: number
  /** The size of the whole file when the upload was made. */
  readonly size: number
}

/** The smallest buffer that goes back to the pool, in bytes. */
const leastPooled = 65_536

const ended: Promise<Step> = Promise.resolve(done)

/**
 * Reads a part of a file in large chunks. The next chunk is read while the last one is written.
 * Buffers are reused once the connection has accepted their bytes.
 *
 * A file whose size changed is an error, never a short upload. When the part ends with the file, the
 * last read is for one byte more, to detect a file that grew.
 */
export class FileReader implements Reader {
  readonly #path: string | URL
  readonly #extent: Extent
  readonly #used: UsedBuffer[] = []
  #file: number | null = null
  #at = 0
  #next: Promise<Step> | null = null
  #reading = false
  #cancelled = false

  constructor(path: string | URL, extent: Extent) {
    this.#path = path
    this.#extent = extent
  }

  next(): Promise<Step> {
    if (this.#at > 0 && this.#next === null) return ended
    const step = this.#next ?? this.#read()
    this.#next = null
    return step.then((found) => {
      if (!found.done && this.#at < this.#extent.length) {
        this.#next = this.#read()
        // The next call of next() rejects; this prevents an unhandled rejection before it.
        this.#next.catch(() => {})
      }
      return found
    })
  }

  free(bytes: number): void {
    while (this.#used.length > 0 && (this.#used[0] as UsedBuffer).end <= bytes) {
      const { buffer } = this.#used.shift() as UsedBuffer
      if (buffer.length >= leastPooled) giveBuffer(buffer)
    }
  }

  cancel(): void {
    this.#cancelled = true
    // A pending read closes the file when it ends.
    if (!this.#reading) this.#close()
  }

  async #read(): Promise<Step> {
    this.#reading = true
    try {
      this.#file ??= await openFile(this.#path)
      const { length, chunkSize } = this.#extent
      const bytes = await this.#fill(Math.min(chunkSize, length - this.#at))
      this.#at += bytes.length
      if (this.#at === length || this.#cancelled) this.#close()
      return bytes.length === 0 ? done : { done: false, value: bytes }
    } catch (error) {
      this.#close()
      throw error
    } finally {
      this.#reading = false
    }
  }

  async #fill(size: number): Promise<Buffer> {
    const { start, length, chunkSize, size: fileSize } = this.#extent
    const file = this.#file as number
    const last = this.#at + size === length
    // One byte more detects a file that grew.
    const extra = last && start + length === fileSize ? 1 : 0
    const pooled = Math.min(chunkSize, length) + 1 >= leastPooled
    const buffer = pooled ? takeBuffer(chunkSize + 1) : Buffer.allocUnsafeSlow(size + 1)
    let filled = 0
    do {
      const wanted = size + extra - filled
      const position = start + this.#at + filled
      const bytesRead = await readInto(file, buffer, filled, wanted, position)
      if (bytesRead === 0) break
      filled += bytesRead
    } while (filled < size)
    if (filled !== size) throw changed(this.#path, fileSize, await sizeOf(file))
    if (last && extra === 0) await this.#unchanged(file)
    this.#used.push({ buffer, end: this.#at + size })
    return buffer.subarray(0, size)
  }

  async #unchanged(file: number): Promise<void> {
    const size = await sizeOf(file)
    if (size !== this.#extent.size) throw changed(this.#path, this.#extent.size, size)
  }

  #close(): void {
    const file = this.#file
    this.#file = null
    if (file !== null) fs.close(file, () => {})
  }
}

function openFile(path: string | URL): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, (error, file) => (error ? reject(error) : resolve(file)))
  })
}

function readInto(
  file: number,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(file, buffer, offset, length, position, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead),
    )
  })
}

function sizeOf(file: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.fstat(file, (error, stats: Stats) => (error ? reject(error) : resolve(stats.size)))
  })
}

export function changed(path: string | URL, before: number, now: number): UploadError {
  return new UploadError(
    'ERR_EXPECT_FILE_CHANGED',
    before === now
      ? `The file ${path} was modified after the upload was made; it was not sent completely`
      : `The file ${path} had ${before} bytes when the upload was made and has ${now} now; it was not sent completely`,
  )
}
