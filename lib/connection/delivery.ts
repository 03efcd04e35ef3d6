import type { AttemptLog } from '../report/attempt-log.ts'

/** Who is told how the delivery of an attempt's content goes. */
export interface DeliveryOwner {
  /** All of it was accepted. */
  delivered(): void
}

/** How much of an attempt's content was handed to the connection, and how much of that was accepted. */
export class Delivery {
  /** Bytes handed to the connection. */
  handedBytes = 0
  readonly #log: AttemptLog
  readonly #owner: DeliveryOwner
  #complete = false
  /** What is done once so many bytes were accepted. */
  #waiting: { readonly bytes: number; readonly done: () => void } | null = null
  /** A body of undici's, and the content that it is a view of. */
  #whole: { readonly body: unknown; readonly content: string | Buffer } | null = null

  constructor(log: AttemptLog, owner: DeliveryOwner) {
    this.#log = log
    this.#owner = owner
  }

  /** Whether all of it was accepted; over HTTP/2 nothing holds back the end of one without a byte. */
  get complete(): boolean {
    return this.#complete
  }

  /** Whether undici's word that all was sent is not to be believed yet. */
  get pending(): boolean {
    return this.#waiting !== null
  }

  /** Whether the connection has not accepted yet what was handed to it. */
  get isStalling(): boolean {
    return this.handedBytes > this.#log.sentBytes
  }

  /** Says that a body is a view of content which can be sent in one piece. */
  offerWhole(body: unknown, content: string | Buffer): void {
    this.#whole = { body, content }
  }

  /** The content that a body is a view of, which from now on is handed over in one piece. */
  takeWhole(body: unknown): string | Buffer | null {
    // An interceptor may have put another body in its place.
    if (this.#whole === null || this.#whole.body !== body) return null
    const { content } = this.#whole
    this.handedBytes = Buffer.byteLength(content)
    this.#waiting = { bytes: this.handedBytes, done: () => this.end() }
    return content
  }

  /** Waits until this much was accepted, if it is watched. */
  async accepted(bytes: number, watched: boolean): Promise<void> {
    if (watched && this.#log.sentBytes < bytes) {
      await new Promise<void>((done) => {
        this.#waiting = { bytes, done }
      })
    }
    this.end()
  }

  /** The connection accepted some of it. */
  accept(bytes: number): void {
    this.#log.sentBytes += bytes
    const waiting = this.#waiting
    if (waiting === null || this.#log.sentBytes < waiting.bytes) return
    this.#waiting = null
    waiting.done()
  }

  /** All of it was accepted. */
  end(): void {
    this.#complete = true
    this.#log.contentEnds()
    this.#owner.delivered()
  }
}
