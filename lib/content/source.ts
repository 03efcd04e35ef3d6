import { UploadError } from '../errors.ts'
import type { Content } from './content.ts'
import { MeasuredReading } from './measure.ts'
import { View, type ViewOwner, type ViewSource } from './view.ts'

/** How the content of one upload may be read. */
export interface SourceOptions {
  /** The declared length, from a `Content-Length` or from the content; `null` for none. */
  readonly length: number | null
  /** Bytes of one-shot content kept after it began to flow. */
  readonly replayWindow: number
}

/**
 * The content of one upload, on its way. It is read by one view at a time, one view for
 * each attempt. Until content flows, what was read is kept; afterwards one-shot content is
 * kept as long as it fits the replay window.
 */
export class Source implements ViewSource {
  readonly #content: Content
  readonly #options: SourceOptions
  #reading: MeasuredReading | null = null
  #view: View | null = null
  #kept: Uint8Array[] = []
  #keptBytes = 0
  #gone = false
  #flowing = false
  #pending: Promise<Uint8Array | null> | null = null
  #ended = false
  #cancelled = false
  #opened = 0
  #failure: unknown = null
  /** Told when it breaks while nobody reads. */
  #owner: ViewOwner | null = null

  constructor(content: Content, options: SourceOptions) {
    this.#content = content
    this.#options = options
  }

  /** The declared length, or `null`. */
  get length(): number | null {
    return this.#options.length
  }

  /** Whether content that was sent can be sent again. */
  get replayable(): boolean {
    return this.#content.replayable || !this.#gone
  }

  /** What the source itself failed with; `null` as long as it did not. */
  get failure(): unknown {
    return this.#failure
  }

  /** Begins to read for an attempt, from the first byte; the view before is abandoned. */
  view(owner: ViewOwner): View {
    if (!this.replayable) throw gone()
    if (this.#content.replayable && (this.#flowing || this.#cancelled)) this.#rewind()
    this.#owner = owner
    // What is at hand cannot break before it is read, and may never be read here.
    if (this.#content.whole === undefined) this.#open()
    const view = new View(owner, this)
    this.#view = view
    return view
  }

  /** Reads content whose declared length is 0 to its end, and rejects if that is not where it says. */
  async readEmpty(): Promise<void> {
    if (this.#ended) return
    try {
      await this.#open().next()
      this.#ended = true
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  /** The content flows: what was read is kept only as far as the caller chose. */
  flow(): void {
    this.#flowing = true
    if (this.#content.replayable || this.#keptBytes > this.#options.replayWindow) this.#drop()
    this.#view?.release()
  }

  /** Lets go of a source that was not read to its end. */
  cancel(reason?: unknown): void {
    if (this.#ended || this.#cancelled) return
    this.#cancelled = true
    this.#view = null
    this.#owner = null
    this.#drop()
    if (this.#reading === null && this.#content.whole !== undefined) return
    try {
      // A source has an owner who waits for the end of it, even if it was never read.
      this.#open().cancel(reason)
    } catch {
      // What became of the upload is settled already; a source that cannot even be let go
      // of changes nothing about it.
    }
  }

  #open(): MeasuredReading {
    if (this.#reading !== null) return this.#reading
    this.#opened += 1
    const turn = this.#opened
    const reading = this.#content.open((error) => this.#fail(turn, error))
    this.#reading = new MeasuredReading(reading, this.#content.exact, this.#options.length)
    return this.#reading
  }

  #fail(turn: number, error: unknown): void {
    // Whoever reads is told by the reading itself; one that was given up concerns nobody.
    if (turn !== this.#opened || this.#ended || this.#cancelled || this.#pending !== null) return
    this.#failure = error
    this.#owner?.onFailed(error)
  }

  #rewind(): void {
    this.#reading?.cancel()
    this.#reading = null
    this.#pending = null
    this.#kept = []
    this.#keptBytes = 0
    this.#gone = false
    this.#flowing = false
    this.#ended = false
    this.#cancelled = false
  }

  next(view: View): Promise<Uint8Array | null> | Uint8Array | null {
    if (view !== this.#view) return never()
    const kept = this.#kept[view.position]
    if (!view.held && !this.#flowing) this.flow()
    if (kept !== undefined) return kept
    // What an abandoned view asked for is for the view that came after it.
    const found = this.#pending ?? this.#read(view)
    if (!(found instanceof Promise)) return this.#came(view, found)
    this.#pending = found
    return this.#later(view, found)
  }

  async #later(view: View, found: Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    let chunk: Uint8Array | null
    try {
      chunk = await found
    } catch (error) {
      if (view !== this.#view) return never()
      this.#failure = error
      throw error
    }
    return this.#came(view, chunk)
  }

  #read(view: View): Promise<Uint8Array | null> | Uint8Array | null {
    try {
      return this.#open().next(view.taken)
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  #came(view: View, chunk: Uint8Array | null): Promise<never> | Uint8Array | null {
    if (view !== this.#view) return never()
    this.#pending = null
    if (chunk === null) this.#ended = true
    else this.#keep(chunk)
    return chunk
  }

  #keep(chunk: Uint8Array): void {
    if (this.#gone) return
    const fits = this.#keptBytes + chunk.length <= this.#options.replayWindow
    if (this.#flowing && (this.#content.replayable || !fits)) {
      this.#drop()
      return
    }
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
  }

  #drop(): void {
    this.#kept = []
    this.#keptBytes = 0
    this.#gone = true
  }
}

/**
 * What an abandoned view is answered: nothing, ever. If it were told that the content
 * ended, undici would write the end of it. A promise shared by all would hold whatever waits
 * for it, and the content with that.
 */
function never(): Promise<never> {
  return new Promise(() => {})
}

function gone(): UploadError {
  return new UploadError(
    'ERR_EXPECT_CONTENT_GONE',
    'The content was needed again, but it can be read only once and is not kept; pass a function that makes it, or set replayWindow',
  )
}
