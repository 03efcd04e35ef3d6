import { createServer } from 'node:net'
import { listening } from './listening.ts'

/** The URL of a port on which no server listens. */
export async function unusedUrl(): Promise<string> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((closed) => server.close(closed))
  return `http://127.0.0.1:${port}/upload`
}
