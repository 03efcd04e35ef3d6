import { types } from 'node:util'
import type { Source } from '../connection/source.ts'
import { UploadError } from '../errors.ts'
import type { Content } from './content.ts'
import { done, type Reader, type Step } from './readers.ts'

/** Runs a function in the async context of the upload's caller. */
export type InContext = <Args extends unknown[], Result>(
  call: (...args: Args) => Result,
  ...args: Args
) => Result

/** A part of content. */
export interface Part {
  /** The first byte. */
  readonly start: number
  /** The end, exclusive; `null` for the end of the content. */
  readonly end: number | null
}

const buffered: Part = { start: 0, end: null }
const none = new Uint8Array(0)

/** How the content of one upload is read. */
export interface UploadContentOptions {
  /** The declared length, from a `Content-Length` or from the content; `null` for none. */
  readonly length: number | null
  /** Bytes of one-shot content that are kept after they were read. */
  readonly replayWindow: number
  /** Whether the latest bytes are kept when more were read, for an upload that can be resumed. */
  readonly slides?: boolean
  /** Whether memory can be reused once the connection has accepted its bytes. */
  readonly canReuseBuffers: boolean
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
  #opening: Promise<Reader> | null = null
  #reader: Reader | null = null
  #source: AttemptSource | null = null
  /** A pending step of an earlier attempt, which the next attempt uses. */
  #pending: PromiseLike<unknown> | null = null
  #kept: Uint8Array[] = []
  /** The offset of the first kept chunk, and the number of chunks dropped before it. */
  #keptFrom = 0
  #dropped = 0
  /** How many of the dropped chunks are removed from the list. */
  #cut = 0
  #seenBytes = 0
  /** Whether the content failed. */
  #gone = false
  #ended = false
  #cancelled = false
  #unwatch: (() => void) | null

  /** @param onBroken is called when the source fails before it is read. */
  constructor(
    content: Content,
    options: UploadContentOptions,
    onBroken: (error: unknown) => void = () => {},
  ) {
    this.#content = content
    this.#options = options
    this.#unwatch = content.watch?.((error) => this.#broke(error, onBroken)) ?? null
  }

  /** The error of the source; `null` when it has not failed. */
  failure: unknown = null

  /** The most bytes that the content may have. */
  limit: number = Number.POSITIVE_INFINITY

  /** The declared length, or `null`. */
  get length(): number | null {
    return this.#options.length
  }

  /** The length of a part; `null` when the length of the content is unknown. */
  lengthOf({ start, end }: Part = buffered): number | null {
    return this.length === null ? null : (end ?? this.length) - start
  }

  /** The offset of its end; `null` while unknown. */
  get end(): number | null {
    return this.length ?? (this.#ended ? this.#seenBytes : null)
  }

  /** Whether it comes from memory or a file, and not from code of the caller. */
  get atHand(): boolean {
    return !this.#content.callsOut
  }

  /** Whether it was not opened, called or read. */
  get untouched(): boolean {
    return this.#reader === null && this.#opening === null && !this.#cancelled
  }

  /** Whether an attempt can send the whole content. */
  get replayable(): boolean {
    return this.opensAt(0)
  }

  /** Whether an attempt can send it from this offset: it can be opened again, or the bytes are kept. */
  opensAt(start: number): boolean {
    if (this.#content.replayable) return true
    return start >= this.#keptFrom && !(this.#gone || this.#cancelled)
  }

  /** The bytes before this offset need not be sent again, so they are dropped. */
  acknowledge(offset: number): void {
    const { position = 0 } = this.#source ?? {}
    while (this.#dropped < position) {
      const { length } = this.#kept[this.#dropped - this.#cut] ?? none
      if (length === 0 || this.#keptFrom + length > offset) return
      this.#drop(length)
    }
  }

  /**
   * Opens the content, or a part of it, for an attempt. The last attempt's source yields nothing more.
   *
   * @throws UploadError when the content was read and can be read only once.
   */
  open({ start, end }: Part = buffered): Source | Promise<Source> {
    if (!this.opensAt(start)) throw gone()
    if (this.#content.replayable) this.#rewind(start)
    const source = new AttemptSource(this, this.#dropped, this.#keptFrom, start, end)
    this.#source = source
    // acknowledge() may have dropped chunks since.
    while (this.#skip(source, start)) source.position += 1
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

  /** Skips a kept chunk that ends before the start; returns whether there was one. */
  #skip(source: AttemptSource, start: number): boolean {
    const { length } = this.#kept[source.position - this.#cut] ?? none
    if (length === 0 || source.bytes + length > start) return false
    source.bytes += length
    return true
  }

  #opened(opening: Promise<Reader>, reader: Reader, source: Source): Source {
    const isCurrent = this.#opening === opening
    if (isCurrent && !this.#cancelled) this.#reader = reader
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
    if (before !== null && !this.#ended) this.#options.inContext(cancel, before, undefined)
    this.#reader = null
    this.#opening = null
    this.#pending = null
    this.#seenBytes = this.#content.seeks ? start : 0
    this.#keptFrom = this.#seenBytes
    this.#gone = false
    this.#ended = false
    this.#cancelled = false
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

  /** Releases the content if it was not read to its end. */
  cancel(reason?: unknown): void {
    this.#unwatch?.()
    this.#unwatch = null
    if (this.#ended || this.#cancelled) return
    this.#cancelled = true
    this.#source = null
    this.#kept = []
    const reader = this.#reader
    try {
      if (reader !== null) this.#options.inContext(cancel, reader, reason)
      else if (this.#opening === null) this.#options.inContext(discard, this.#content, reason)
    } catch {
      // An error while the source is released must not fail the upload.
    }
  }

  #broke(error: unknown, onBroken: (error: unknown) => void): void {
    if (this.#ended || this.#cancelled) return
    this.failure = error
    onBroken(error)
  }

  // Called by sources ------------------------------------------------------------------

  read(source: AttemptSource): Uint8Array | null | undefined | PromiseLike<unknown> {
    // The source of an earlier attempt must not see an end of the content either.
    if (source !== this.#source) return new Promise(() => {})
    if (source.bytes === source.end) return source.rest()
    const kept = this.#kept[source.position - this.#cut]
    if (kept !== undefined) {
      source.position += 1
      return this.#hand(source, kept)
    }
    if (this.#ended) return source.rest()
    if (this.#pending !== null) return this.#pending
    const step = this.#next()
    if (!isPromise<Step>(step)) return this.take(source, step)
    this.#pending = step
    return step
  }

  #next(): Step | PromiseLike<Step> {
    const reader = this.#reader as Reader
    const { length, inContext } = this.#options
    const { exact, callsOut } = this.#content
    // An empty file is read all the same, to detect that it grew.
    if (exact && this.#seenBytes > 0 && this.#seenBytes === length) return done
    try {
      return callsOut ? inContext(next, reader) : reader.next()
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
    const bytes = toBytes(step.value)
    if (bytes === null) throw this.#refuse(notBytes(step.value))
    if (bytes.length === 0) return undefined
    this.#seenBytes += bytes.length
    const { length } = this.#options
    if (length !== null && this.#seenBytes > length) {
      throw this.#refuse(wrongLength('ERR_EXPECT_CONTENT_LONG', 'is longer than', length))
    }
    if (this.#seenBytes > this.limit) throw this.#refuse(overLimit(this.limit))
    this.#keep(bytes, source)
    return this.#hand(source, bytes)
  }

  /**
   * The bytes that lie within the source's part. The last bytes of a declared length are held back
   * until the content has ended.
   */
  #hand(source: AttemptSource, found: Uint8Array): Uint8Array | undefined {
    const bytes = source.cut(found)
    if (bytes.length === 0) return undefined
    // The origin must not receive a complete request from content that is longer than declared.
    if (this.#content.exact || this.#ended || source.bytes !== this.#options.length) return bytes
    source.held = bytes
    return undefined
  }

  #keep(bytes: Uint8Array, source: AttemptSource): void {
    if (this.#content.replayable) return
    const { replayWindow, slides = false } = this.#options
    const from = this.#seenBytes - replayWindow
    // Without resumption only the whole content can be sent again, so a part is not worth keeping.
    if (!slides && (from > 0 || this.#keptFrom > 0)) {
      this.#kept = []
      this.#keptFrom = this.#seenBytes
      return
    }
    this.#kept.push(bytes)
    source.position += 1
    while (this.#keptFrom < from) this.#drop(from - this.#keptFrom)
  }

  /** Drops bytes from the first kept chunk, at most the whole chunk. */
  #drop(bytes: number): void {
    const at = this.#dropped - this.#cut
    const first = this.#kept[at] as Uint8Array
    this.#keptFrom += Math.min(bytes, first.length)
    this.#kept[at] = first.length > bytes ? first.subarray(bytes) : none
    if (first.length > bytes) return
    this.#dropped += 1
    // Dropped chunks are removed many at a time, because each removal moves the rest of the list.
    if (at * 2 < this.#kept.length) return
    this.#kept.splice(0, at + 1)
    this.#cut = this.#dropped
  }

  #end(source: AttemptSource): Uint8Array | null {
    const { length } = this.#options
    if (length !== null && this.#seenBytes < length) {
      this.#ended = true
      const how = `ended after ${this.#seenBytes} bytes, short of`
      const error = wrongLength('ERR_EXPECT_CONTENT_SHORT', how, length)
      this.#fail(error)
      throw error
    }
    this.#ended = true
    this.#reader?.ended?.()
    return source.rest()
  }

  #refuse(error: UploadError): UploadError {
    this.cancel(error)
    this.#gone = true
    this.failure = error
    return error
  }

  #fail(error: unknown): void {
    this.failure = error
    this.#ended = true
    this.#gone = true
  }

  failed(source: AttemptSource, error: unknown): void {
    if (source === this.#source) this.#fail(error)
  }

  release(source: AttemptSource, bytes: number): void {
    if (source === this.#source && this.#options.canReuseBuffers) this.#reader?.release?.(bytes)
  }
}

/** The content, as read by one attempt. */
class AttemptSource implements Source {
  /** The index of the next kept chunk, including dropped ones. */
  position: number
  /** The offset in the content. */
  bytes: number
  /** The offset at which the part ends; `null` for the end of the content. */
  readonly end: number | null
  /** The last bytes of a declared length, held back until the content has ended. */
  held: Uint8Array | null = null
  readonly #content: UploadContent
  readonly #start: number

  constructor(
    content: UploadContent,
    position: number,
    bytes: number,
    start: number,
    end: number | null,
  ) {
    this.#content = content
    this.position = position
    this.bytes = bytes
    this.#start = start
    this.end = end
  }

  /** The part of the next bytes that lies between start and end. */
  cut(bytes: Uint8Array): Uint8Array {
    const from = Math.max(0, this.#start - this.bytes)
    const to = (this.end ?? Number.POSITIVE_INFINITY) - this.bytes
    this.bytes += Math.min(bytes.length, to)
    return from === 0 && to >= bytes.length ? bytes : bytes.subarray(from, to)
  }

  read(): Uint8Array | null | undefined | PromiseLike<unknown> {
    return this.#content.read(this)
  }

  take(value: unknown): Uint8Array | null | undefined {
    return this.#content.take(this, value as Step)
  }

  fail(error: unknown): void {
    this.#content.failed(this, error)
  }

  /** The bytes held back, after the end of the content; `null` when there are none. */
  rest(): Uint8Array | null {
    const { held } = this
    this.held = null
    return held
  }

  release(bytes: number): void {
    this.#content.release(this, bytes)
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

function isPromise<Value>(found: unknown): found is PromiseLike<Value> {
  return typeof found === 'object' && found !== null && 'then' in found
}

function toBytes(value: unknown): Uint8Array | null {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return Buffer.from(value)
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }
  return types.isAnyArrayBuffer(value) ? Buffer.from(value) : null
}

/** The error for content that cannot be read again from the offset needed. */
export function gone(): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    'The content was needed again, but it can be read only once and is not buffered; pass a function that returns it, or set a larger replayWindow',
  )
}

function wrongLength(
  code: 'ERR_EXPECT_CONTENT_SHORT' | 'ERR_EXPECT_CONTENT_LONG',
  how: string,
  length: number,
): UploadError {
  return new UploadError(
    code,
    `The content ${how} its declared length of ${length} bytes; the connection was closed before the request was complete`,
  )
}

/** The error for content that is larger than the origin accepts. */
export function overLimit(limit: number): UploadError {
  const message = `The content is larger than the origin's Upload-Limit of ${limit} bytes`
  return new UploadError('ERR_EXPECT_RESUME_LIMIT', message)
}

function notBytes(value: unknown): UploadError {
  const what = value === null ? 'null' : typeof value
  return new UploadError(
    'ERR_EXPECT_CONTENT_TYPE',
    `The content yielded ${what === 'object' ? Object.prototype.toString.call(value) : what}, which is neither bytes nor a string`,
  )
}
