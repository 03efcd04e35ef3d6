import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type Direction, relay } from './relay.ts'

export interface Faults {
  /** From the client to the origin. */
  readonly up: Direction
  /** From the origin to the client. */
  readonly down: Direction
}

/** A proxy that damages connections, but never the bytes it passes on. */
interface FaultProxy {
  readonly url: string
  readonly connections: number
  /** Resolves when all connections have ended. */
  idle(): Promise<void>
  /** Resets all connections and stops listening. */
  close(): Promise<void>
}

/**
 * Starts a proxy in front of a port of 127.0.0.1. What arrives is always a prefix of what was sent, whatever the
 * faults are.
 *
 * @param faultsOf the faults of a connection, counted from 0.
 */
export async function startFaultProxy(
  port: number,
  faultsOf: (connection: number) => Faults,
): Promise<FaultProxy> {
  const proxy = new TcpProxy(port, faultsOf)
  await proxy.listen()
  return proxy
}

class TcpProxy implements FaultProxy {
  connections = 0
  readonly #port: number
  readonly #faultsOf: (connection: number) => Faults
  readonly #sockets = new Set<Socket>()
  /** Sockets that wait to send a RST. Node never closes them if they are destroyed in the meantime. */
  readonly #resetting = new WeakSet<Socket>()
  readonly #server: Server

  constructor(port: number, faultsOf: (connection: number) => Faults) {
    this.#port = port
    this.#faultsOf = faultsOf
    const options = { allowHalfOpen: true, noDelay: true }
    this.#server = createServer(options, (client) => this.#join(client))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  listen(): Promise<void> {
    return new Promise((listening, failed) => {
      this.#server.on('error', failed).listen(0, '127.0.0.1', listening)
    })
  }

  async idle(): Promise<void> {
    await Promise.all(
      [...this.#sockets].map((socket) => new Promise((end) => socket.on('close', end))),
    )
  }

  async close(): Promise<void> {
    const idle = this.idle()
    for (const socket of this.#sockets) if (!this.#resetting.has(socket)) socket.destroy()
    await new Promise((end) => this.#server.close(end))
    await idle
  }

  /** Node sends a RST only after all writes, and none after a FIN. */
  #reset(socket: Socket): void {
    if (this.#resetting.has(socket)) return
    if (socket.connecting || socket.writableEnded || socket.writableLength > 0) socket.destroy()
    else {
      this.#resetting.add(socket)
      socket.resetAndDestroy()
    }
  }

  #join(client: Socket): void {
    const { up, down } = this.#faultsOf(this.connections)
    this.connections += 1
    const origin = connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true })
    origin.setNoDelay(true)
    const over = new AbortController()
    const reset = (): void => {
      over.abort()
      this.#reset(client)
      this.#reset(origin)
    }
    for (const socket of [client, origin]) {
      this.#sockets.add(socket)
      socket.on('error', reset)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        // What one side has sent before its end may still be on the way to the other.
        if (!socket.readableEnded) reset()
      })
    }
    for (const [from, to, direction] of [
      [client, origin, up],
      [origin, client, down],
    ] as const) {
      relay({ from, to, direction, reset, over: over.signal }).catch(reset)
    }
  }
}
