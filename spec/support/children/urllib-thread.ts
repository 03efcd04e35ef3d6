import { createReadStream, readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { type Dispatcher, request } from 'urllib'
import { ExpectAgent, type ExpectOptions } from '../../../lib/index.ts'

export interface Orders {
  readonly url: string
  readonly path: string
  readonly body: Body
  readonly options: ExpectOptions
}

/** The urllib option that takes the file. */
export type Body = 'stream' | 'content' | 'files'

const { url, path, body, options } = workerData as Orders

const bodies: Record<Body, () => object> = {
  stream: () => createReadStream(path),
  content: () => readFileSync(path),
  files: () => [path],
}

const agent = new ExpectAgent({ ...options, memory: false })
// urllib depends on an older undici, whose types have another Dispatcher.
const dispatcher = agent as unknown as Dispatcher
const { status } = await request(url, { method: 'PUT', dispatcher, [body]: bodies[body]() })
await agent.close()
parentPort?.postMessage(status)
