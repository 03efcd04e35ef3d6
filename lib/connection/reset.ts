import type { Socket } from 'node:net'
import { errors } from 'undici/index.js'
import { isNode } from '../runtime/node-version.ts'

/** The parts of node's internal handle that are used here. */
interface Handle {
  close(callback: () => void): void
  reset?(callback: () => void): void
  /** The handle of the TCP connection beneath TLS. */
  readonly _parent?: Handle
}

/**
 * With an error of this class, undici dispatches the requests that wait on the connection again. All
 * connections share one error, because its stack trace is the most expensive part of closing one.
 */
const closed = new errors.InformationalError('The connection was closed after a response')

/**
 * Closes a connection with a RST, so that the system does not send what it still buffers. node's
 * `resetAndDestroy()` accepts no error, and does not support TLS.
 */
export function resetConnection(socket: Socket): void {
  if (isNode) {
    const { _handle: handle } = socket as { _handle?: Handle | null }
    const tcp = handle?._parent ?? handle
    if (tcp?.reset !== undefined) tcp.close = tcp.reset
  } else {
    // Bun's handles have no reset(), and Deno's calls close(). Their sockets check this property.
    Object.assign(socket, { resetAndClosing: true })
  }
  socket.destroy(closed)
}
