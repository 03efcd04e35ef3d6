import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'

type Callback = (error?: Error | null) => void

/** A file that is there when all of its content is, and whose place is untouched until then. */
export class StoredFile extends Writable {
  readonly #path: string
  readonly #part: string
  #file: FileHandle | null = null

  constructor(path: string) {
    super()
    this.#path = path
    this.#part = join(dirname(path), `.${randomUUID()}.part`)
  }

  override _construct(done: Callback): void {
    this.#open().then(() => done(), done)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Callback): void {
    this.#write(chunk).then(() => done(), done)
  }

  override _final(done: Callback): void {
    this.#finish().then(() => done(), done)
  }

  override _destroy(error: Error | null, done: Callback): void {
    this.#discard().then(() => done(error), done)
  }

  async #open(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true })
    this.#file = await open(this.#part, 'wx')
  }

  async #write(chunk: Buffer): Promise<void> {
    let at = 0
    while (at < chunk.length) {
      at += (await this.#file?.write(chunk, at))?.bytesWritten ?? chunk.length
    }
  }

  async #finish(): Promise<void> {
    await this.#close()
    await rename(this.#part, this.#path)
  }

  async #discard(): Promise<void> {
    await this.#close()
    // After the renaming there is nothing to remove.
    await rm(this.#part, { force: true })
  }

  async #close(): Promise<void> {
    await this.#file?.close()
    this.#file = null
  }
}
