import { Worker } from 'node:worker_threads'

/** Milliseconds after which a case that keeps the thread is taken never to end. */
export const patience = 20_000

/** What the threads share: the case that was begun last, as the target's number and its own. */
export type Beat = Int32Array<SharedArrayBuffer>

/** Ends the process, from another thread, when a case keeps this one for too long. */
export class Watchdog {
  readonly #beat: Beat = new Int32Array(new SharedArrayBuffer(12))

  /** @param repeats say for each target how one of its cases is repeated. */
  constructor(repeats: readonly string[]) {
    const workerData = { beat: this.#beat, repeats, patience }
    new Worker(new URL('./watchdog-thread.ts', import.meta.url), { workerData }).unref()
    // Cases that wait for one another begin no other; the thread is free all the same.
    setInterval(() => this.#next(), 1000).unref()
  }

  /** A case begins. */
  begins(target: number, index: number): void {
    this.#beat[1] = target
    this.#beat[2] = index
    this.#next()
  }

  #next(): void {
    Atomics.add(this.#beat, 0, 1)
  }
}
