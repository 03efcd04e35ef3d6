import { type AddressInfo, createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { parentPort, workerData } from 'node:worker_threads'
import type { Orders, Step } from '../steps.ts'
import { Wire } from '../wire.ts'

const { steps, identity, counter } = workerData as Orders

/** @param raw the TCP connection below TLS; only that one can be reset. */
async function take(step: Step, wire: Wire, raw: Socket): Promise<unknown> {
  switch (step.do) {
    case 'head':
      return wire.head()
    case 'read':
      return wire.bytes(step.bytes)
    case 'send':
      return new Promise((sent) => wire.socket.write(step.text, 'latin1', sent))
    case 'count':
      Atomics.add(counter, 0, 1)
      return Atomics.notify(counter, 0)
    case 'closed':
      return wire.closed()
    case 'reset':
      return raw.resetAndDestroy()
    case 'close':
      return wire.socket.end(() => wire.socket.destroy())
  }
}

async function play(raw: Socket): Promise<void> {
  raw.on('error', () => {})
  const socket = identity === null ? raw : new TLSSocket(raw, { isServer: true, ...identity })
  const wire = new Wire(socket, 0)
  for (const step of steps) await take(step, wire, raw)
}

// A failed step closes the connection; the spec checks the outcome.
const server = createServer((raw) => {
  play(raw).catch(() => raw.destroy())
})
server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port)
})
