import { statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Content, makeContent } from './content.ts'
import { UploadError } from './errors.ts'
import type { Reading, Step } from './reading.ts'

/** Which part of a file, and how it is read. */
export interface FileOptions {
  /** The first byte. @default 0 */
  start?: number
  /** The last byte, inclusive as in `fs.createReadStream`. @default the file's last */
  end?: number
  /** Bytes read at a time. @default 1048576 */
  chunkSize?: number
}

const done: Step = { done: true, value: undefined }

/**
 * A file as content: its length is known, it can be replayed, and it is read in large
 * chunks with the next one in flight.
 *
 * @throws TypeError when an option's value cannot be used or lies outside the file.
 * @throws the file system's own error when the path cannot be looked up.
 */
export function fromFile(path: string | URL, options: FileOptions = {}): Content {
  const { size } = fileAt(path)
  const { start = 0, end = size - 1, chunkSize = 1_048_576 } = options
  check({ start, end, chunkSize }, size)
  const length = Math.max(0, end + 1 - start)
  return makeContent({
    length,
    type: null,
    replayable: true,
    exact: true,
    open: () => new FileReading(path, { start, length, chunkSize, size }),
  })
}

interface Extent {
  readonly start: number
  readonly length: number
  readonly chunkSize: number
  /** The size of the whole file when the upload was made. */
  readonly size: number
}

class FileReading implements Reading {
  readonly #path: string | URL
  readonly #extent: Extent
  #file: Promise<FileHandle> | null = null
  #ahead: Promise<Buffer | null> | null = null
  #at = 0
  #cancelled = false

  constructor(path: string | URL, extent: Extent) {
    this.#path = path
    this.#extent = extent
  }

  async next(): Promise<Step> {
    // Nothing is read ahead of the first chunk: the content may never be wanted.
    const first = this.#at === 0
    const value = await (this.#ahead ?? this.#read())
    if (value === null) {
      await this.#close()
      return done
    }
    if (!first) {
      this.#ahead = this.#read()
      // A failure is for whoever asks for the next chunk.
      this.#ahead.catch(() => {})
    }
    return { done: false, value }
  }

  cancel(): void {
    this.#cancelled = true
    const pending = this.#ahead ?? Promise.resolve(null)
    pending.catch(() => {}).finally(() => this.#close().catch(() => {}))
  }

  async #read(): Promise<Buffer | null> {
    if (this.#cancelled) return null
    try {
      this.#file ??= this.#open()
      const file = await this.#file
      const { start, length, chunkSize } = this.#extent
      const size = Math.min(chunkSize, length - this.#at)
      if (size === 0) {
        await this.#unchanged(file)
        return null
      }
      const buffer = await this.#fill(file, Buffer.allocUnsafeSlow(size), start + this.#at)
      this.#at += size
      return buffer
    } catch (error) {
      await this.#close()
      throw error
    }
  }

  async #fill(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(
        buffer,
        filled,
        buffer.length - filled,
        position + filled,
      )
      if (bytesRead === 0) throw changed(this.#path, this.#extent.size, position + filled)
      filled += bytesRead
    }
    return buffer
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#path)
    await this.#unchanged(file)
    return file
  }

  async #unchanged(file: FileHandle): Promise<void> {
    const { size } = await file.stat()
    if (size !== this.#extent.size) throw changed(this.#path, this.#extent.size, size)
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = null
    this.#cancelled = true
    const handle = await file?.catch(() => null)
    await handle?.close()
  }
}

function changed(path: string | URL, before: number, now: number): UploadError {
  return new UploadError(
    'ERR_EXPECT_FILE_CHANGED',
    `The file ${path} had ${before} bytes when the upload was made and has ${now} now; it was not sent as a whole`,
  )
}

function fileAt(path: string | URL): { size: number } {
  const stats = statSync(path)
  if (stats.isFile()) return stats
  throw new TypeError(`${path} is not a regular file; pass a stream to send it`)
}

function check(options: Required<FileOptions>, size: number): void {
  for (const [name, value] of Object.entries(options)) {
    const empty = name === 'end' && value === -1 && size === 0
    if (empty || (Number.isSafeInteger(value) && value >= 0)) continue
    throw new TypeError(`Option '${name}' must be a whole number of bytes, not ${String(value)}`)
  }
  const { start, end, chunkSize } = options
  if (chunkSize === 0) throw new TypeError("Option 'chunkSize' must be above 0")
  if (start > size)
    throw new TypeError(`Option 'start' is ${start}, but the file has ${size} bytes`)
  if (end >= size && size > 0) {
    throw new TypeError(`Option 'end' is ${end}, but the file has ${size} bytes`)
  }
  if (end < start - 1)
    throw new TypeError(`Option 'end' is ${end}, before 'start', which is ${start}`)
}
