import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { bytesOf } from '../pieces.ts'
import { type Requests, requestsIn } from './received.ts'
import type { Step } from './script.ts'

/** The limit of bytes that are sent without an end. */
const endlessBytes = 1_048_576
const block = 65_536

/** An origin that follows scripts and ignores what arrives. */
export class FakeOrigin {
  /** What arrived on each connection. */
  readonly connections: Connection[] = []
  readonly #server: Server = createServer((socket) => this.#play(socket))
  readonly #scripts: readonly (readonly Step[])[]

  /** @param scripts one for each connection; they repeat after the last one. */
  constructor(scripts: readonly (readonly Step[])[]) {
    this.#scripts = scripts
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  listen(): Promise<void> {
    return new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening))
  }

  /** Resolves when the client has closed all connections. */
  close(): Promise<void> {
    return new Promise((closed) => this.#server.close(() => closed()))
  }

  #play(socket: Socket): void {
    const script = this.#scripts[this.connections.length % this.#scripts.length] ?? []
    const connection = new Connection(socket)
    this.connections.push(connection)
    // An error becomes an unhandled rejection, which the run counts.
    void connection.play(script)
  }
}

/** The origin's side of one connection. */
export class Connection {
  readonly #socket: Socket
  readonly #chunks: Buffer[] = []
  #heads = 0
  #wake: () => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    const wake = (): void => this.#wake()
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      wake()
    })
    // `play` checks after each wake-up whether the client has closed.
    socket.on('error', wake).on('close', wake).on('drain', wake)
  }

  get received(): Requests {
    return requestsIn(Buffer.concat(this.#chunks))
  }

  /** Runs a script until the client closes. */
  async play(script: readonly Step[]): Promise<void> {
    for (const step of script) {
      if (this.#socket.destroyed) return
      await this.#do(step)
    }
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'head':
        this.#heads += 1
        return this.#until(() => this.received.requests.length >= this.#heads)
      case 'some':
        return this.#until(() => (this.received.requests.at(-1)?.content.length ?? 0) > 0)
      case 'all':
        return this.#until(() => this.received.requests.at(-1)?.complete ?? false)
      case 'say':
        for (const piece of step.pieces) await this.#say(bytesOf(piece))
        return
      case 'endless':
        return this.#sayEndlessly(step.begin, step.unit)
      case 'pause':
        await new Promise((over) => setTimeout(over, step.milliseconds))
        return
      case 'end':
        this.#socket.end()
        return
      case 'reset':
        this.#socket.resetAndDestroy()
    }
  }

  async #until(enough: () => boolean): Promise<void> {
    while (!this.#socket.destroyed && !enough()) {
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
  }

  async #say(bytes: Uint8Array): Promise<void> {
    if (!this.#socket.writable) return
    this.#socket.write(bytes)
    // The receiver sees each piece separately if the event loop turns between two writes.
    await new Promise((turn) => setImmediate(turn))
  }

  async #sayEndlessly(begin: string, unit: string): Promise<void> {
    await this.#say(bytesOf(begin))
    const bytes = bytesOf(unit.repeat(Math.ceil(block / unit.length)))
    for (let said = 0; said < endlessBytes; said += bytes.length) {
      await this.#say(bytes)
      await this.#until(() => !this.#socket.writableNeedDrain)
      if (!this.#socket.writable) return
    }
  }
}
