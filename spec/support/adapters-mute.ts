import { createServer, type Socket } from 'node:net'
import { listening } from './listening.ts'

/** An origin that takes connections and never answers. */
interface MuteOrigin {
  /** Its address, without a path. */
  readonly url: string
  /** Resolves when the client has closed all connections that it made. */
  left(): Promise<void>
}

/** Starts an origin that never answers. */
export async function muteOrigin(): Promise<MuteOrigin> {
  const open = new Map<Socket, Promise<unknown>>()
  const server = createServer((socket) => {
    // A client that gave up may reset the connection; that, too, is an end of it.
    socket.on('error', () => {}).resume()
    open.set(socket, new Promise((closed) => socket.on('close', closed)))
  })
  const port = await listening(server)
  return {
    url: `http://127.0.0.1:${port}`,
    left: async () => {
      await Promise.all(open.values())
    },
  }
}
