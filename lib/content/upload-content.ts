import { types } from 'node:util'
import type { Source } from '../connection/source.ts'
import type { UploadError } from '../errors.ts'
import { isPromise } from '../unknown.ts'
import { AttemptSource } from './attempt-source.ts'
import { ChunkCopies } from './chunk-copies.ts'
import type { Content } from './content.ts'
import type { ContentDigest } from './content-digest.ts'
import { contentGone, endsBefore, notBytes, overLimit, wrongLength } from './content-errors.ts'
import { done, type Reader, type Step } from './readers.ts'
import { ReplayWindow } from './replay-window.ts'

/** Runs a function in the async context of the upload's caller. */
export type InContext = <Args extends unknown[], Result>(
  call: (...args: Args) => Result,
  ...args: Args
) => Result

export interface Part {
  /** The first byte. */
  readonly start: number
  /** The end, exclusive; `null` for the end of the content. */
  readonly end: number | null
}

const entirePart: Part = { start: 0, end: null }

export interface UploadContentOptions {
  /** The declared length, from a `Content-Length` or from the content; `null` for none. */
  readonly length: number | null
  /** Bytes of one-shot content that are kept after they were read. */
  readonly replayWindow: number
  /** Whether the latest bytes are kept when more were read, for an upload that can be resumed. */
  readonly slides?: boolean
  /** Whether memory can be reused once the connection has accepted its bytes. */
  readonly canReuseBuffers: boolean
  readonly digest?: ContentDigest | null
  readonly inContext: InContext
}

/**
 * The content of one upload. Each attempt reads it through its own source, and only one source is
 * active at a time. The content is opened with the first source. One-shot content is kept for the
 * next attempt while it fits in the replay window.
 */
export class UploadContent {
  readonly #content: Content
  readonly #options: UploadContentOptions
  /** Whether its length is certain, so that it need not be read to its end. Code of the caller may yield more. */
  readonly #isExact: boolean
  /** The bytes that can be sent again; `null` for content that can be opened again. */
  readonly #window: ReplayWindow | null
  #opening: Promise<Reader> | null = null
  #reader: Reader | null = null
  #source: AttemptSource | null = null
  /** A pending step of an earlier attempt, which the next attempt uses. */
  #pending: PromiseLike<unknown> | null = null
  #copies = new ChunkCopies()
  #seenBytes = 0
  #state: 'open' | 'ended' | 'failed' | 'cancelled' = 'open'
  #unwatch: (() => void) | null

  /** @param onBroken is called when the source fails before it is read. */
  constructor(
    content: Content,
    options: UploadContentOptions,
    onBroken: (error: unknown) => void = () => {},
  ) {
    this.#content = content
    this.#options = options
    this.#isExact = content.length !== null && !content.callsOut
    const { replayWindow, slides = false } = options
    this.#window = content.replayable ? null : new ReplayWindow(replayWindow, slides)
    this.#unwatch = content.watch?.((error) => this.#broke(error, onBroken)) ?? null
  }

  /** The error of the source; `null` when it has not failed. */
  failure: unknown = null

  /** The most bytes that the content may have. */
  limit: number = Number.POSITIVE_INFINITY

  get length(): number | null {
    return this.#options.length
  }

  lengthOf({ start, end }: Part = entirePart): number | null {
    return this.length === null ? null : (end ?? this.length) - start
  }

  /** The digest of the whole content; `null` when none is wanted, or not all of it was read. */
  get digest(): Buffer | null {
    return this.#options.digest?.upTo(this.end) ?? null
  }

  /** The offset of its end; `null` while unknown. */
  get end(): number | null {
    return this.length ?? (this.#state === 'ended' ? this.#seenBytes : null)
  }

  get callsOut(): boolean {
    return this.#content.callsOut
  }

  /** Whether it was not opened, called or read. */
  get isUnread(): boolean {
    return this.#reader === null && this.#opening === null && this.#state !== 'cancelled'
  }

  /** Whether an attempt can send it from this offset: it can be opened again, or the bytes are kept. */
  opensAt(start: number): boolean {
    if (this.#window === null) return true
    const isKept = this.#state === 'open' || this.#state === 'ended'
    return isKept && start >= this.#window.start
  }

  /** The bytes before this offset need not be sent again, so they are dropped. */
  acknowledge(offset: number): void {
    this.#window?.acknowledge(offset, this.#source?.position ?? 0)
  }

  /**
   * Opens the content, or a part of it, for an attempt. The last attempt's source yields nothing more.
   *
   * @throws UploadError when the content was read and can be read only once.
   */
  open(part: Part = entirePart): Source | Promise<Source> {
    const { start } = part
    if (!this.opensAt(start)) throw contentGone()
    if (this.#window === null) this.#rewind(start)
    const first = this.#window?.first ?? 0
    const from = this.#window?.start ?? this.#seenBytes
    const source = new AttemptSource(this, part, first, from)
    this.#source = source
    // The part may begin behind the first kept chunk.
    while (this.#skip(source)) source.position += 1
    if (this.#reader !== null) return source
    const opened = this.#opening ?? this.#open(this.#seenBytes)
    if (!(opened instanceof Promise)) {
      this.#reader = opened
      return source
    }
    this.#opening = opened
    return opened.then(
      (reader) => this.#opened(opened, reader, source),
      (error) => {
        if (this.#opening === opened) this.failure = error
        throw error
      },
    )
  }

  /** Skips a kept chunk that ends before the part; returns whether there was one. */
  #skip(source: AttemptSource): boolean {
    const length = this.#window?.at(source.position)?.length ?? 0
    if (length === 0 || source.offset + length > source.start) return false
    source.offset += length
    return true
  }

  #opened(opening: Promise<Reader>, reader: Reader, source: Source): Source {
    const isCurrent = this.#opening === opening
    if (isCurrent && this.#state !== 'cancelled') this.#reader = reader
    else if (this.#reader !== reader) reader.cancel()
    if (isCurrent) this.#opening = null
    return source
  }

  #open(start: number): Reader | Promise<Reader> {
    const { inContext } = this.#options
    this.#unwatch?.()
    this.#unwatch = null
    try {
      return inContext(this.#content.open, start)
    } catch (error) {
      this.failure = error
      throw error
    }
  }

  #rewind(start: number): void {
    const before = this.#reader
    if (before !== null && this.#state === 'open')
      this.#options.inContext(cancel, before, undefined)
    this.#reader = null
    this.#opening = null
    this.#pending = null
    this.#copies = new ChunkCopies()
    const { digest = null } = this.#options
    if (start === 0) digest?.restart()
    const isHashed = digest === null || digest.hashedBytes >= start
    this.#seenBytes = this.#content.seeks && isHashed ? start : 0
    this.#state = 'open'
  }

  /**
   * Reads content whose declared length is 0, before its head is written.
   *
   * @throws UploadError when it is not empty.
   */
  async readEmpty(): Promise<void> {
    const source = await this.open()
    for (;;) {
      const found = source.read()
      const bytes = isPromise(found) ? source.take(await found) : found
      if (bytes === null) return
    }
  }

  cancel(reason?: unknown): void {
    this.#unwatch?.()
    this.#unwatch = null
    if (this.#state !== 'open') return
    this.#state = 'cancelled'
    this.#source = null
    this.#window?.clear()
    const reader = this.#reader
    try {
      if (reader !== null) this.#options.inContext(cancel, reader, reason)
      else if (this.#opening === null) this.#options.inContext(discard, this.#content, reason)
    } catch {
      // An error while the source is discarded must not fail the upload.
    }
  }

  #broke(error: unknown, onBroken: (error: unknown) => void): void {
    if (this.#state !== 'open') return
    this.failure = error
    onBroken(error)
  }

  // Called by sources.

  read(source: AttemptSource): Uint8Array | null | undefined | PromiseLike<unknown> {
    // The source of an earlier attempt must not end: its origin would regard the content as complete.
    if (source !== this.#source) return new Promise(() => {})
    if (source.offset === source.end) return source.rest()
    const kept = this.#window?.at(source.position)
    if (kept !== undefined) {
      source.position += 1
      return this.#partOf(source, kept)
    }
    if (this.#state !== 'open') return source.rest()
    if (this.#pending !== null) return this.#pending
    const step = this.#next()
    if (!isPromise<Step>(step)) return this.take(source, step)
    this.#pending = step
    return step
  }

  #next(): Step | PromiseLike<Step> {
    const reader = this.#reader as Reader
    const { length, inContext } = this.#options
    // An empty file is read all the same, to detect that it grew.
    if (this.#isExact && this.#seenBytes > 0 && this.#seenBytes === length) return done
    try {
      return this.#content.callsOut ? inContext(next, reader) : reader.next()
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  take(source: AttemptSource, step: Step): Uint8Array | null | undefined {
    // This step belongs to the source of the next attempt.
    if (source !== this.#source) return undefined
    this.#pending = null
    if (step.done) return this.#end(source)
    const found = toBytes(step.value)
    if (found === null) throw this.#refuse(notBytes(step.value))
    if (found.length === 0) return undefined
    this.#seenBytes += found.length
    const refills = this.#reader?.refills === true && typeof step.value !== 'string'
    const bytes = refills ? this.#copies.copy(found, this.#seenBytes) : found
    const { length } = this.#options
    if (length !== null && this.#seenBytes > length) {
      throw this.#refuse(wrongLength('ERR_EXPECT_CONTENT_LONG', 'is longer than', length))
    }
    if (this.#seenBytes > this.limit) throw this.#refuse(overLimit(this.limit))
    this.#options.digest?.update(bytes, this.#seenBytes)
    if (this.#window?.add(bytes, this.#seenBytes, source.end)) source.position += 1
    return this.#partOf(source, bytes)
  }

  /**
   * The bytes that lie within the source's part. The last bytes of a declared length are held back
   * until the content has ended.
   */
  #partOf(source: AttemptSource, found: Uint8Array): Uint8Array | undefined {
    const bytes = source.cut(found)
    if (bytes.length === 0) return undefined
    // The origin must not receive a complete request from content that is longer than declared.
    const isLast = source.offset === this.#options.length && this.#state === 'open'
    if (this.#isExact || !isLast) return bytes
    source.lastBytes = bytes
    return undefined
  }

  #end(source: AttemptSource): Uint8Array | null {
    const { length } = this.#options
    if (length !== null && this.#seenBytes < length) {
      const how = `ended after ${this.#seenBytes} bytes, short of`
      const error = wrongLength('ERR_EXPECT_CONTENT_SHORT', how, length)
      this.#fail(error)
      throw error
    }
    if (this.#seenBytes < source.start) {
      const error = endsBefore(source.start, this.#seenBytes)
      this.#fail(error)
      throw error
    }
    this.#state = 'ended'
    this.#reader?.ended?.()
    return source.rest()
  }

  #refuse(error: UploadError): UploadError {
    this.cancel(error)
    this.failure = error
    return error
  }

  #fail(error: unknown): void {
    this.failure = error
    this.#state = 'failed'
  }

  failed(source: AttemptSource, error: unknown): void {
    if (source === this.#source) this.#fail(error)
  }

  free(source: AttemptSource, bytes: number): void {
    if (source !== this.#source || !this.#options.canReuseBuffers) return
    this.#reader?.free?.(bytes)
    const kept = this.#window?.start ?? Number.POSITIVE_INFINITY
    this.#copies.free(Math.min(source.start + bytes, kept), this.#state !== 'open')
  }
}

function next(reader: Reader): Step | PromiseLike<Step> {
  return reader.next()
}

function cancel(reader: Reader, reason: unknown): void {
  reader.cancel(reason)
}

function discard(content: Content, reason: unknown): void {
  content.discard?.(reason)
}

function toBytes(value: unknown): Uint8Array | null {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return Buffer.from(value)
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }
  return types.isAnyArrayBuffer(value) ? Buffer.from(value) : null
}
