import { type FileHandle, open } from 'node:fs/promises'
import { UploadError } from '../errors.ts'
import { BufferRing } from './buffer-ring.ts'
import type { Reading, Step } from './reading.ts'

/** Which bytes of a file are read, and how. */
export interface Extent {
  readonly start: number
  readonly length: number
  readonly chunkSize: number
  /** The size of the whole file when the upload was made. */
  readonly size: number
}

const done: Step = { done: true, value: undefined }

/** A part of a file that is being read, in large chunks, with the next one in flight. */
export class FileReading implements Reading {
  readonly #path: string | URL
  readonly #extent: Extent
  readonly #ring: BufferRing
  #file: Promise<FileHandle> | null = null
  #ahead: Promise<Buffer | null> | null = null
  #at = 0
  #cancelled = false

  constructor(path: string | URL, extent: Extent) {
    this.#path = path
    this.#extent = extent
    this.#ring = new BufferRing(Math.min(extent.chunkSize, extent.length))
  }

  async next(taken = 0): Promise<Step> {
    // Nothing is read ahead of the first chunk: the content may never be wanted.
    const first = this.#at === 0
    const value = await (this.#ahead ?? this.#read(taken))
    if (value === null || value.length === 0) return done
    if (!first) {
      this.#ahead = this.#read(taken)
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

  async #read(taken: number): Promise<Buffer | null> {
    // A file without content is opened all the same, to see that it has none now.
    if (this.#cancelled || (this.#at > 0 && this.#at === this.#extent.length)) return null
    try {
      this.#file ??= this.#open()
      const file = await this.#file
      const { start, length, chunkSize } = this.#extent
      const size = Math.min(chunkSize, length - this.#at)
      const end = this.#at + size
      const buffer = this.#ring.take(end, taken).subarray(0, size)
      await this.#fill(file, buffer, start + this.#at)
      this.#at = end
      // The last chunk is held back until it is sure that it is the last of the same file.
      if (this.#at === length) {
        await this.#unchanged(file)
        await this.#close()
      }
      return buffer
    } catch (error) {
      await this.#close()
      throw error
    }
  }

  async #fill(file: FileHandle, buffer: Buffer, position: number): Promise<void> {
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
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#path)
    try {
      await this.#unchanged(file)
      return file
    } catch (error) {
      await file.close()
      throw error
    }
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
