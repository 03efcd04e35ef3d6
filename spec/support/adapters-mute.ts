import { createServer, type Socket } from 'node:net'
import { listening } from './listening.ts'

interface MuteOrigin {
  /** Without a path. */
  readonly url: string
  /** Resolves when the client has closed all its connections. */
  allClosed(): Promise<void>
}

/** Starts an origin that accepts connections and never answers. */
export async function muteOrigin(): Promise<MuteOrigin> {
  const open = new Map<Socket, Promise<unknown>>()
  const server = createServer((socket) => {
    // A client that gives up may reset the connection, which also closes it.
    socket.on('error', () => {}).resume()
    open.set(socket, new Promise((closed) => socket.on('close', closed)))
  })
  const port = await listening(server)
  return {
    url: `http://127.0.0.1:${port}`,
    allClosed: async () => {
      await Promise.all(open.values())
    },
  }
}
