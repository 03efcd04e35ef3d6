import { Socket, type SocketConstructorOpts } from 'node:net'

/** What net.Socket takes beside what its types say. */
interface HandleOptions extends SocketConstructorOpts {
  handle: unknown
}

/**
 * Reads a connection into one large buffer, over and over. A server's own connections take a
 * new buffer of 64 KiB for each read, which makes the reader slower than most writers.
 *
 * @param connection one that was accepted paused; it must not be used any more.
 */
export function readInto(
  buffer: Buffer,
  connection: Socket,
  take: (bytes: Buffer) => void,
): Socket {
  const callback = (size: number): boolean => {
    take(buffer.subarray(0, size))
    return true
  }
  // `onread` is known to connections that are made with it alone.
  const { _handle: handle } = connection as Socket & { _handle: unknown }
  const options: HandleOptions = { handle, onread: { buffer, callback } }
  return new Socket(options)
}
