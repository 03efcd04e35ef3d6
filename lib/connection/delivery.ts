import { isPromise } from '../unknown.ts'
import { ChunkQueue } from './chunk-queue.ts'
import { SliceSize, type SliceSizes, usualSizes } from './slice-size.ts'
import type { Source } from './source.ts'
import type { Ticket } from './ticket.ts'

/** The most synchronous writes in a row, before other work of the event loop runs. */
const maxAtOnce = 32

export type WriteCallback = (error?: Error | null) => void

export interface ContentWriter {
  /**
   * Writes chunks together. Not called again before the callback was called.
   *
   * @param last says whether the content ends with these chunks, of which there may be none.
   */
  write(chunks: Uint8Array[], bytes: number, last: boolean, callback: WriteCallback): void
  /** The source has nothing to write yet. */
  idle(): void
  onContent(bytes: number): void
  onDelivered(): void
}

export type ContentOpener = Pick<Ticket, 'open' | 'onWrite' | 'onSourceError'>

/**
 * Reads content from its source and writes it, with backpressure: one write at a time, and at most
 * 512 KiB buffered behind it, over HTTP/2 64 KiB. Chunks that the source yields synchronously, or in the same turn of
 * the event loop, are written together.
 */
export class Delivery {
  /** Whether nothing more is written, after a stop, a failure, or the end of the content. */
  over = false
  readonly #opener: ContentOpener
  readonly #writer: ContentWriter
  readonly #sliceSize: SliceSize
  /** The most bytes that are buffered while a write is pending. */
  readonly #maxGathered: number
  #source: Source | null = null
  readonly #gathered = new ChunkQueue()
  #acceptedBytes = 0
  #writingBytes = 0
  #writing = false
  #reading = false
  #ended = false
  #scheduled = false
  /** Whether the loop of #advance() is running. A synchronous write callback must not start it again. */
  #looping = false
  #writes = 0
  #writeStartedAt = 0

  constructor(opener: ContentOpener, writer: ContentWriter, sizes: SliceSizes = usualSizes) {
    this.#opener = opener
    this.#writer = writer
    this.#sliceSize = new SliceSize(sizes)
    this.#maxGathered = sizes.ahead
  }

  start(): void {
    let opened: Source | Promise<Source>
    try {
      opened = this.#opener.open()
    } catch (error) {
      this.#fail(error)
      return
    }
    if (opened instanceof Promise) {
      opened.then(
        (source) => this.#begin(source),
        (error) => this.#fail(error),
      )
      this.#awaitFirst()
    } else this.#begin(opened)
  }

  stop(): void {
    this.over = true
    this.#source = null
    this.#gathered.clear()
  }

  #begin(source: Source): void {
    if (this.over) return
    this.#source = source
    this.#advance()
    if (this.#isIdle()) this.#awaitFirst()
  }

  #isIdle(): boolean {
    return !this.#writing && !this.over && this.#acceptedBytes + this.#gathered.bytes === 0
  }

  /** Gives the first chunk one turn of the event loop, so that it can be written together with the head. */
  #awaitFirst(): void {
    setImmediate(Delivery.#firstIsLate, this)
  }

  static #firstIsLate(delivery: Delivery): void {
    if (delivery.#isIdle()) delivery.#writer.idle()
  }

  /** Reads and writes until one of them has to wait. */
  #advance(): void {
    if (this.#looping) return
    this.#looping = true
    while (!this.over) {
      this.#read()
      if (this.#writing || !(this.#ended || this.#gathered.bytes >= this.#maxGathered)) break
      this.#write()
    }
    this.#looping = false
    if (!this.over && !this.#writing && this.#gathered.bytes > 0) this.#schedule()
  }

  #read(): void {
    while (
      !this.#reading &&
      !this.#ended &&
      !this.over &&
      this.#gathered.bytes < this.#maxGathered
    ) {
      const source = this.#source as Source
      try {
        const found = source.read()
        if (isPromise(found)) {
          this.#reading = true
          found.then(this.#came, this.#failed)
        } else this.#take(found)
      } catch (error) {
        this.#fail(error)
      }
    }
  }

  readonly #came = (value: unknown): void => {
    if (this.over) return
    this.#reading = false
    try {
      this.#take((this.#source as Source).take(value))
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#advance()
  }

  readonly #failed = (error: unknown): void => {
    if (this.over) return
    this.#source?.fail(error)
    this.#fail(error)
  }

  #take(found: Uint8Array | null | undefined): void {
    if (found === null) this.#ended = true
    else if (found !== undefined && found.length > 0) this.#gathered.push(found)
  }

  /** Defers the write, so that chunks of the same turn are written in one system call. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    process.nextTick(Delivery.#flush, this)
  }

  static #flush(delivery: Delivery): void {
    delivery.#scheduled = false
    if (delivery.over || delivery.#writing || delivery.#gathered.bytes === 0) return
    delivery.#write()
    delivery.#advance()
  }

  #write(): void {
    const bytes = Math.min(this.#gathered.bytes, this.#sliceSize.bytes)
    const chunks = this.#gathered.take(bytes)
    const last = this.#ended && this.#gathered.bytes === 0
    this.#writingBytes = bytes
    this.#writing = true
    this.#writeStartedAt = bytes > 0 ? performance.now() : 0
    if (bytes > 0) this.#opener.onWrite(chunks, bytes)
    if (this.over) return
    this.#writer.write(chunks, bytes, last, last ? this.#writtenLast : this.#written)
  }

  readonly #written = (error?: Error | null): void => {
    if (!this.#accept(error)) return
    this.#writes += 1
    // Without a pause, synchronous writes would keep responses from being read.
    if (this.#looping && this.#writes % maxAtOnce === 0) {
      this.#writing = true
      setImmediate(Delivery.#goOn, this)
    } else this.#advance()
  }

  static #goOn(delivery: Delivery): void {
    delivery.#writing = false
    delivery.#advance()
  }

  readonly #writtenLast = (error?: Error | null): void => {
    if (!this.#accept(error)) return
    this.over = true
    this.#source = null
    this.#writer.onDelivered()
  }

  /** Handles the end of a write; returns whether the delivery continues. */
  #accept(error: Error | null | undefined): boolean {
    const bytes = this.#writingBytes
    this.#writing = false
    this.#writingBytes = 0
    if (error) {
      this.stop()
      return false
    }
    if (bytes > 0) {
      this.#acceptedBytes += bytes
      if (bytes >= this.#sliceSize.bytes)
        this.#sliceSize.took(performance.now() - this.#writeStartedAt)
      this.#source?.free(this.#acceptedBytes)
      this.#writer.onContent(bytes)
    }
    return !this.over
  }

  #fail(error: unknown): void {
    if (this.over) return
    this.stop()
    this.#opener.onSourceError(error)
  }
}
