import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Body, Orders } from '../support/children/urllib-thread.ts'
import { describeClient, type Way } from '../support/clients-runner.ts'
import { closeLater } from '../support/closing.ts'

const script = new URL('../support/children/urllib-thread.ts', import.meta.url)

/**
 * Each upload has a thread of its own: once urllib is imported, a second socket cannot be destroyed with the same
 * error ("Cannot redefine property"), so the `destroy` of an undici agent with two connections never ends.
 */
function put(body: Body): Way {
  return async ({ url, path, options }) => {
    const orders: Orders = { url, path, body, options }
    const worker = new Worker(script, { workerData: orders })
    closeLater(() => worker.terminate())
    const [status] = (await once(worker, 'message')) as [number]
    return status
  }
}

describeClient(
  'urllib',
  { 'a file stream': put('stream'), 'a buffer': put('content') },
  { returnsRedirects: ['a file stream'] },
)

describeClient('urllib', { 'a form with a file': put('files') }, { field: 'file' })
