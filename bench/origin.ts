import { type AddressInfo, createServer, Socket, type SocketConstructorOpts } from 'node:net'
import { Connection, receivedOn, type Tally } from './connection.ts'

/**
 * The origin of all measurements, in a process of its own. It reads heads, and counts and discards content. The first
 * segment of the path selects its behaviour: see {@link Connection}.
 *
 * It sends its port to the parent, and answers each message with what it has received since the last one.
 */
const buffer = Buffer.allocUnsafeSlow(4_194_304)
let tally: Tally = {}

const server = createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
  const connection = new Connection(
    (bytes) => socket.write(bytes),
    (path) => receivedOn(tally, path),
  )
  const socket = readInto(buffer, accepted, (bytes) => connection.take(bytes))
  // A client that gives up an upload resets its connection.
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

/** Options of net.Socket that its types lack. */
interface HandleOptions extends SocketConstructorOpts {
  handle: unknown
}

/**
 * Reads a connection into one large buffer. A connection of net.Server allocates a new buffer of 64 KiB for each
 * read, which makes the reader slower than most writers.
 *
 * @param connection accepted in the paused state; it must not be used afterwards.
 */
function readInto(into: Buffer, connection: Socket, take: (bytes: Buffer) => void): Socket {
  const callback = (size: number): boolean => {
    take(into.subarray(0, size))
    return true
  }
  // Only the constructor of net.Socket takes `onread`.
  const { _handle: handle } = connection as Socket & { _handle: unknown }
  const options: HandleOptions = { handle, onread: { buffer: into, callback } }
  return new Socket(options)
}
