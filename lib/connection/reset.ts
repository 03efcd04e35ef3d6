import type { Socket } from 'node:net'
import { errors } from '#undici'

/** A handle of node's, as far as it is needed here. */
interface Handle {
  close(callback: () => void): void
  reset?(callback: () => void): void
  /** The handle of the TCP connection beneath TLS. */
  readonly _parent?: Handle
}

/**
 * undici dispatches requests again that wait behind the one that ended, where a connection is
 * closed with an error of this kind. One for all, because a stack trace costs more than the rest.
 */
const closed = new errors.InformationalError('The connection was closed after a response')

/**
 * Closes a connection with a RST, so that an origin does not read what the system has not sent
 * yet. node's `resetAndDestroy()` takes no error, and refuses TLS.
 */
export function resetConnection(socket: Socket): void {
  const { _handle: handle } = socket as { _handle?: Handle | null }
  const tcp = handle?._parent ?? handle
  if (tcp?.reset !== undefined) tcp.close = tcp.reset
  // Bun's handles have no reset of their own; its sockets look at this.
  else Object.assign(socket, { resetAndClosing: true })
  socket.destroy(closed)
}
