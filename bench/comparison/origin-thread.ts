import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type Behaviour, type Watched, WatchedOrigin } from './watched-origin.ts'

/** An origin in a thread of its own, which works while the client is busy. */
interface OriginThread {
  readonly url: string
  /** Closes all connections and resolves with the requests. */
  finish(): Promise<readonly Watched[]>
}

export async function startOriginThread(behaviour: Behaviour): Promise<OriginThread> {
  const worker = new Worker(new URL(import.meta.url), { workerData: behaviour })
  const [url] = await once(worker, 'message')
  let seen: Promise<readonly Watched[]> | null = null
  const finish = async (): Promise<readonly Watched[]> => {
    worker.postMessage('finish')
    const [answer] = await once(worker, 'message')
    return answer
  }
  return {
    url,
    finish: () => {
      seen ??= finish()
      return seen
    },
  }
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort
  const origin = new WatchedOrigin(workerData)
  port.postMessage(await origin.listen())
  await once(port, 'message')
  port.postMessage(origin.close())
  port.close()
}
