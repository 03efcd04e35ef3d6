import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface Link {
  /** The round trip in milliseconds. */
  readonly roundTrip: number
  /** Bytes per second in each direction, shared by all connections. */
  readonly rate: number
}

/** A relay to a port that delays and paces bytes like a link. */
interface Relay {
  readonly port: number
  /** Bytes that clients sent since the last call. */
  takeBytes(): number
  close(): void
}

interface Arrival {
  readonly at: number
  arrive(): void
}

/** One direction of the link, shared by its connections. Bytes leave in the order in which they arrive. */
class Lane {
  readonly #delay: number
  readonly #rate: number
  readonly #onTheWay: Arrival[] = []
  /** When the last accepted byte has left. */
  #busyUntil = 0
  #timer: NodeJS.Timeout | null = null
  bytes = 0

  constructor({ roundTrip, rate }: Link) {
    this.#delay = roundTrip / 2
    this.#rate = rate / 1000
  }

  /** Calls back when these bytes have arrived at the other end. */
  carry(bytes: number, arrive: () => void): void {
    this.bytes += bytes
    this.#busyUntil = Math.max(performance.now(), this.#busyUntil) + bytes / this.#rate
    this.#onTheWay.push({ at: this.#busyUntil + this.#delay, arrive })
    this.#wait()
  }

  #wait(): void {
    const [first] = this.#onTheWay
    if (first === undefined || this.#timer !== null) return
    this.#timer = setTimeout(() => this.#deliver(), Math.max(0, first.at - performance.now()))
  }

  #deliver(): void {
    this.#timer = null
    const now = performance.now()
    while ((this.#onTheWay[0]?.at ?? Number.POSITIVE_INFINITY) <= now) {
      this.#onTheWay.shift()?.arrive()
    }
    this.#wait()
  }
}

/** Starts a relay. The bytes on the way are limited to what such a link holds. */
export async function startRelay(port: number, link: Link): Promise<Relay> {
  const [up, down] = [new Lane(link), new Lane(link)]
  const maxOnTheWay = (link.rate * link.roundTrip) / 1000
  const sockets = new Set<Socket>()
  const server: Server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const target = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    }
    // A TCP handshake takes a round trip, which loopback does not have.
    client.pause()
    setTimeout(() => {
      pass(client, target, up, maxOnTheWay)
      client.resume()
    }, link.roundTrip)
    pass(target, client, down, maxOnTheWay)
  })
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens))
  return {
    port: (server.address() as AddressInfo).port,
    takeBytes: () => {
      const { bytes } = up
      up.bytes = 0
      return bytes
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function pass(from: Socket, to: Socket, lane: Lane, maxOnTheWay: number): void {
  let onTheWay = 0
  from.on('data', (chunk: Buffer) => {
    onTheWay += chunk.length
    if (onTheWay > maxOnTheWay) from.pause()
    lane.carry(chunk.length, () => {
      to.write(chunk)
      onTheWay -= chunk.length
      if (onTheWay <= maxOnTheWay) from.resume()
    })
  })
  from.on('end', () => lane.carry(0, () => to.end()))
  from.on('close', () => lane.carry(0, () => to.destroy()))
}
