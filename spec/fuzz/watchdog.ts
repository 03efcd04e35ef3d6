import { Worker } from 'node:worker_threads'

/** Milliseconds after which a case that blocks the thread counts as endless. */
export const patience = 20_000

/** Memory that the threads share: the number of the target and of the case that started last. */
export type Beat = Int32Array<SharedArrayBuffer>

/** Ends the process, from another thread, when a case blocks this one for too long. */
export class Watchdog {
  readonly #beat: Beat = new Int32Array(new SharedArrayBuffer(12))

  /** @param repeats for each target, the command that repeats one of its cases. */
  constructor(repeats: readonly string[]) {
    const workerData = { beat: this.#beat, repeats, patience }
    new Worker(new URL('./watchdog-thread.ts', import.meta.url), { workerData }).unref()
    // Cases that wait for each other start no other case, but the thread is not blocked.
    setInterval(() => this.#next(), 1000).unref()
  }

  begins(target: number, index: number): void {
    this.#beat[1] = target
    this.#beat[2] = index
    this.#next()
  }

  #next(): void {
    Atomics.add(this.#beat, 0, 1)
  }
}
