import { createServer } from 'node:net'
import { listening } from './listening.ts'

/** A URL at which nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((closed) => server.close(closed))
  return `http://127.0.0.1:${port}/upload`
}
