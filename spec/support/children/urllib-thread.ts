import { createReadStream, readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { type Dispatcher, request } from 'urllib'
import { ExpectAgent, type ExpectOptions } from '../../../lib/index.ts'

/** What the thread is started with. */
export interface Orders {
  readonly url: string
  readonly path: string
  readonly body: Body
  readonly options: ExpectOptions
}

/** The option of urllib's with which the file is passed. */
export type Body = 'stream' | 'content' | 'files'

const { url, path, body, options } = workerData as Orders

const bodies: Record<Body, () => object> = {
  stream: () => createReadStream(path),
  content: () => readFileSync(path),
  files: () => [path],
}

const agent = new ExpectAgent({ ...options, memory: false })
// Its undici is an older one, whose types know another Dispatcher.
const dispatcher = agent as unknown as Dispatcher
const { status } = await request(url, { method: 'PUT', dispatcher, [body]: bodies[body]() })
await agent.close()
parentPort?.postMessage(status)
