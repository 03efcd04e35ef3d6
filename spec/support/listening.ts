import type { AddressInfo, Server, Socket } from 'node:net'
import { closeLater } from './closing.ts'

/** Listens on the loopback and returns the port. The server is closed after the spec. */
export async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens))
  closeLater(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((closed) => server.close(closed))
  })
  return (server.address() as AddressInfo).port
}
