import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { closeLater } from './closing.ts'

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
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closeLater(() => {
    for (const socket of open.keys()) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    left: async () => {
      await Promise.all(open.values())
    },
  }
}
