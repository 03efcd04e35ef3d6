import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { closeLater } from './closing.ts'
import type { Identity } from './identity.ts'
import type { Orders, Step } from './steps.ts'

/** An origin in another thread, which works while the event loop of the spec is blocked. */
interface ThreadOrigin {
  readonly url: string
  readonly port: number
  /** Blocks this thread until the origin has done its `count` steps this many times. */
  blockUntil(count: number): void
}

/** Starts an origin that does the same steps on each connection; with an identity it uses TLS. */
export async function threadOrigin(
  steps: readonly Step[],
  identity: Identity | null = null,
): Promise<ThreadOrigin> {
  const counter = new Int32Array(new SharedArrayBuffer(4))
  const orders: Orders = { steps, identity, counter }
  const script = new URL('./children/origin-thread.ts', import.meta.url)
  const worker = new Worker(script, { workerData: orders })
  closeLater(() => worker.terminate())
  const [port] = (await once(worker, 'message')) as [number]
  const scheme = identity === null ? 'http' : 'https'
  return {
    url: `${scheme}://127.0.0.1:${port}/upload`,
    port,
    blockUntil: (count) => {
      for (let seen = Atomics.load(counter, 0); seen < count; seen = Atomics.load(counter, 0)) {
        Atomics.wait(counter, 0, seen)
      }
    },
  }
}
