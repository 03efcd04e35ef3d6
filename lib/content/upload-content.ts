import { types } from 'node:util'
import type { Source } from '../connection/source.ts'
import { UploadError } from '../errors.ts'
import type { Content } from './content.ts'
import { done, type Reader, type Step } from './readers.ts'

/** Runs a function in the async context of whoever made the upload. */
export type InContext = <Args extends unknown[], Result>(
  call: (...args: Args) => Result,
  ...args: Args
) => Result

/** A part of content. */
export interface Part {
  /** The first byte. */
  readonly start: number
  /** Where it ends, exclusively; `null` for the end of the content. */
  readonly end: number | null
}

const buffered: Part = { start: 0, end: null }
const none = new Uint8Array(0)

/** How the content of one upload may be read. */
export interface UploadContentOptions {
  /** The declared length, from a `Content-Length` or from the content; `null` for none. */
  readonly length: number | null
  /** Bytes of one-shot content kept after it began to flow. */
  readonly replayWindow: number
  /** Whether the last of them are kept once more has flowed, for an upload that can be resumed. */
  readonly slides?: boolean
  /** Whether memory can be reused once the connection has taken what was in it. */
  readonly canReuseBuffers: boolean
  readonly inContext: InContext
}

/**
 * The content of one upload. Each attempt reads it through a source of its own, one at a time.
 * Nothing of it is opened or called before the first source is. One-shot content is kept for the
 * next attempt as long as it fits the replay window.
 */
export class UploadContent {
  readonly #content: Content
  readonly #options: UploadContentOptions
  #opening: Promise<Reader> | null = null
  #reader: Reader | null = null
  #source: AttemptSource | null = null
  /** A step that an attempt asked for before it ended; the next one gets it. */
  #pending: PromiseLike<unknown> | null = null
  #kept: Uint8Array[] = []
  /** Where in the content the first chunk begins that is kept, and how many were before it. */
  #keptFrom = 0
  #dropped = 0
  /** How many of those are not in the list any more. */
  #cut = 0
  #seenBytes = 0
  /** Whether it failed. */
  #gone = false
  #ended = false
  #cancelled = false
  #unwatch: (() => void) | null

  /** @param onBroken is told when the source breaks before anything reads from it. */
  constructor(
    content: Content,
    options: UploadContentOptions,
    onBroken: (error: unknown) => void = () => {},
  ) {
    this.#content = content
    this.#options = options
    this.#unwatch = content.watch?.((error) => this.#broke(error, onBroken)) ?? null
  }

  /** What the source failed with; `null` as long as it did not. */
  failure: unknown = null

  /** More bytes than that are an error. */
  limit: number = Number.POSITIVE_INFINITY

  /** The declared length, or `null`. */
  get length(): number | null {
    return this.#options.length
  }

  /** The length of a part; `null` where that may end before it is full. */
  lengthOf({ start, end }: Part = buffered): number | null {
    return this.length === null ? null : (end ?? this.length) - start
  }

  /** Where it ends, as far as that is known. */
  get end(): number | null {
    return this.length ?? (this.#ended ? this.#seenBytes : null)
  }

  /** Whether it comes from memory or a file, and not from code of the caller's. */
  get atHand(): boolean {
    return !this.#content.callsOut
  }

  /** Whether nothing of it was opened, called or read. */
  get untouched(): boolean {
    return this.#reader === null && this.#opening === null && !this.#cancelled
  }

  /** Whether an attempt can send all of it. */
  get replayable(): boolean {
    return this.opensAt(0)
  }

  /** Whether an attempt can send it from this byte on: it can be opened again, or that is kept. */
  opensAt(start: number): boolean {
    if (this.#content.replayable) return true
    return start >= this.#keptFrom && !(this.#gone || this.#cancelled)
  }

  /** What comes before this byte is not needed again. */
  acknowledge(offset: number): void {
    const { position = 0 } = this.#source ?? {}
    while (this.#dropped < position) {
      const { length } = this.#kept[this.#dropped - this.#cut] ?? none
      if (length === 0 || this.#keptFrom + length > offset) return
      this.#drop(length)
    }
  }

  /**
   * Opens a part of it for an attempt, or all of it. The source before is given up.
   *
   * @throws UploadError when it was read, and can be read only once.
   */
  open({ start, end }: Part = buffered): Source | Promise<Source> {
    if (!this.opensAt(start)) throw gone()
    if (this.#content.replayable) this.#rewind(start)
    const source = new AttemptSource(this, this.#dropped, this.#keptFrom, start, end)
    this.#source = source
    // What is acknowledged meanwhile is dropped.
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

  /** Goes past what is kept and not wanted; answers whether that was a whole chunk. */
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

  /** Lets go of it, if it was not read to its end. Not an error that matters to the upload. */
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
      // A source that cannot even be let go of changes nothing about the upload.
    }
  }

  #broke(error: unknown, onBroken: (error: unknown) => void): void {
    if (this.#ended || this.#cancelled) return
    this.failure = error
    onBroken(error)
  }

  // What a source does -----------------------------------------------------------------

  read(source: AttemptSource): Uint8Array | null | undefined | PromiseLike<unknown> {
    // A source that was given up gets nothing more, and not the end either.
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
    // A file that is to be empty is looked at all the same, to see that it still is.
    if (exact && this.#seenBytes > 0 && this.#seenBytes === length) return done
    try {
      return callsOut ? inContext(next, reader) : reader.next()
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  take(source: AttemptSource, step: Step): Uint8Array | null | undefined {
    // A source that was given up takes nothing that is for the one after it.
    if (source !== this.#source) return undefined
    this.#pending = null
    if (step.done) return this.#end(source)
    const bytes = toBytes(step.value)
    if (bytes === null) throw this.#refuse(notBytes(step.value))
    if (bytes.length === 0) return undefined
    this.#seenBytes += bytes.length
    const { length } = this.#options
    if (length !== null && this.#seenBytes > length) {
      throw this.#refuse(wrongLength('ERR_EXPECT_CONTENT_LONG', 'went on past', length))
    }
    if (this.#seenBytes > this.limit) throw this.#refuse(overLimit(this.limit))
    this.#keep(bytes, source)
    return this.#hand(source, bytes)
  }

  /**
   * The same bytes, as far as the source wants them, but for the last of a declared length, which
   * wait until the source has ended.
   */
  #hand(source: AttemptSource, found: Uint8Array): Uint8Array | undefined {
    const bytes = source.cut(found)
    if (bytes.length === 0) return undefined
    // An origin must not see a complete message of a source that goes on.
    if (this.#content.exact || this.#ended || source.bytes !== this.#options.length) return bytes
    source.held = bytes
    return undefined
  }

  #keep(bytes: Uint8Array, source: AttemptSource): void {
    if (this.#content.replayable) return
    const { replayWindow, slides = false } = this.#options
    const from = this.#seenBytes - replayWindow
    // Where it cannot be resumed, all of it is needed again, or nothing.
    if (!slides && (from > 0 || this.#keptFrom > 0)) {
      this.#kept = []
      this.#keptFrom = this.#seenBytes
      return
    }
    this.#kept.push(bytes)
    source.position += 1
    while (this.#keptFrom < from) this.#drop(from - this.#keptFrom)
  }

  /** Keeps so many bytes less, or as many of them as the first chunk has. */
  #drop(bytes: number): void {
    const at = this.#dropped - this.#cut
    const first = this.#kept[at] as Uint8Array
    this.#keptFrom += Math.min(bytes, first.length)
    this.#kept[at] = first.length > bytes ? first.subarray(bytes) : none
    if (first.length > bytes) return
    this.#dropped += 1
    // To take each off the beginning of a long list would be to move all that come after.
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

/** The content as one attempt reads it. */
class AttemptSource implements Source {
  /** Which of the chunks that are kept comes next, counted from the first that ever was. */
  position: number
  /** How far into the content it is. */
  bytes: number
  /** Where it ends before the content does; `null` where it does not. */
  readonly end: number | null
  /** The last bytes of a declared length, until the source has ended. */
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

  /** What of the next bytes lies between its start and its end. */
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

  /** What was held back, once the source has ended; `null` when there is nothing more. */
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

/** The content cannot be had from where it is needed again. */
export function gone(): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    'The content was needed again, but it can be read only once and is not kept; pass a function that makes it, or a larger replayWindow',
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

/** The origin takes no more than that. */
export function overLimit(limit: number): UploadError {
  const message = `The origin's Upload-Limit is ${limit} bytes, and the content has more`
  return new UploadError('ERR_EXPECT_RESUME_LIMIT', message)
}

function notBytes(value: unknown): UploadError {
  const what = value === null ? 'null' : typeof value
  return new UploadError(
    'ERR_EXPECT_CONTENT_TYPE',
    `The content yielded ${what === 'object' ? Object.prototype.toString.call(value) : what}, which is neither bytes nor a string`,
  )
}
