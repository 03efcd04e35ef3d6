import { type AddressInfo, createServer } from 'node:net'
import { Connection } from './connection.ts'
import { readInto } from './read-into.ts'
import type { Tally } from './tally.ts'

/**
 * The origin of all measurements, in a process of its own. It reads heads, counts content
 * and throws it away. The first part of the path says what it does: see {@link Connection}.
 *
 * It tells its port; to any message it answers with what it has received since the last.
 */
const buffer = Buffer.allocUnsafeSlow(4_194_304)
let tally: Tally = {}

const server = createServer({ noDelay: true, pauseOnConnect: true }, (paused) => {
  const connection = new Connection(
    (bytes) => socket.write(bytes),
    (path) => {
      tally[path] ??= { requests: 0, contentBytes: 0, waits: [] }
      return tally[path]
    },
  )
  const socket = readInto(buffer, paused, (bytes) => connection.take(bytes))
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
