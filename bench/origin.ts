import { type AddressInfo, createServer, Socket, type SocketConstructorOpts } from 'node:net'
import { Connection, receivedOn, type Tally } from './connection.ts'

/**
 * The origin of all measurements, in a process of its own. It reads heads, counts content
 * and throws it away. The first part of the path says what it does: see {@link Connection}.
 *
 * It tells its port; to any message it answers with what it has received since the last.
 */
const buffer = Buffer.allocUnsafeSlow(4_194_304)
let tally: Tally = {}

const server = createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
  const connection = new Connection(
    (bytes) => socket.write(bytes),
    (path) => receivedOn(tally, path),
  )
  const socket = readInto(buffer, accepted, (bytes) => connection.take(bytes))
  // A client that gives an upload up resets its connection.
  socket.on('error', () => {})
})

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.send?.((server.address() as AddressInfo).port)
})

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ tally, cpuSeconds: (user + system) / 1e6 })
  tally = {}
})
process.on('disconnect', () => process.exit())

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
function readInto(into: Buffer, connection: Socket, take: (bytes: Buffer) => void): Socket {
  const callback = (size: number): boolean => {
    take(into.subarray(0, size))
    return true
  }
  // `onread` is known to connections that are made with it alone.
  const { _handle: handle } = connection as Socket & { _handle: unknown }
  const options: HandleOptions = { handle, onread: { buffer: into, callback } }
  return new Socket(options)
}
