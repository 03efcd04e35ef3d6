/** Bytes of response content that are buffered before the connection is paused. */
export const maxResponseBuffer = 65_536

/**
 * A final response while the recovery steps decide about it. Its content is read meanwhile, because
 * unread data is lost when the connection is reset.
 */
export class PendingResponse {
  readonly #respond: () => void
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #finish: () => void = () => {}

  /** @param respond passes the head of the response to the caller. */
  constructor(respond: () => void) {
    this.#respond = respond
  }

  /** Buffers a chunk of content; returns whether there is room for more. */
  data(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    return this.#bytes < maxResponseBuffer
  }

  /** The response has ended or failed. `finish` is called only if the response goes to the caller. */
  ended(finish: () => void): void {
    this.#finish = finish
  }

  /** The steps that pass the response to the caller: its head, the buffered content, and its end if it has ended. */
  *steps(pass: (chunk: Buffer) => void): Generator<() => void, void> {
    yield this.#respond
    for (const chunk of this.#chunks) yield () => pass(chunk)
    yield this.#finish
  }
}
