/** Bytes of its content that are kept before the connection is paused. */
const most = 65_536

/**
 * A final response whose head came, and whose handing over is not decided yet. Its content goes on
 * coming in, because a connection that is reset in the meantime takes along what was not read.
 */
export class PendingResponse {
  readonly #deliver: () => void
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #finish: () => void = () => {}

  /** @param deliver hands its head over. */
  constructor(deliver: () => void) {
    this.#deliver = deliver
  }

  /** Takes in some of its content; answers whether there is room for more. */
  data(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    return this.#bytes < most
  }

  /** It has ended, or broken off, which matters only if it is to be handed over. */
  over(finish: () => void): void {
    this.#finish = finish
  }

  /** What hands it over, step by step: its head, what came of its content, and its end if that has come. */
  *steps(tell: (chunk: Buffer) => void): Generator<() => void, void> {
    yield this.#deliver
    for (const chunk of this.#chunks) yield () => tell(chunk)
    yield this.#finish
  }
}
