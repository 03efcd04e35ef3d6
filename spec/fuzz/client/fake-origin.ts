import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { bytesOf } from '../pieces.ts'
import { type Requests, requestsIn } from './received.ts'
import type { Step } from './script.ts'

/** Bytes that are said without an end, at most. */
const endlessBytes = 1_048_576
const block = 65_536

/** An origin that does what scripts say, whatever comes. */
export class FakeOrigin {
  /** What came over each connection. */
  readonly connections: Connection[] = []
  readonly #server: Server = createServer((socket) => this.#play(socket))
  readonly #scripts: readonly (readonly Step[])[]

  /** @param scripts are played one for each connection, and again from the first. */
  constructor(scripts: readonly (readonly Step[])[]) {
    this.#scripts = scripts
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  listen(): Promise<void> {
    return new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening))
  }

  /** Resolves when the client has closed all connections; it is not helped to. */
  close(): Promise<void> {
    return new Promise((closed) => this.#server.close(() => closed()))
  }

  #play(socket: Socket): void {
    const script = this.#scripts[this.connections.length % this.#scripts.length] ?? []
    const connection = new Connection(socket)
    this.connections.push(connection)
    // What it throws is nobody's but the run's, which counts what nobody caught.
    void connection.play(script)
  }
}

/** One connection, from the origin's end. */
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
    // What the client does to its end is looked at where it is not as it should be.
    socket.on('error', wake).on('close', wake).on('drain', wake)
  }

  /** What came so far. */
  get received(): Requests {
    return requestsIn(Buffer.concat(this.#chunks))
  }

  /** Does what a script says, as long as the client is there. */
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
    // The reader sees each piece by itself when it gets a turn between two writes.
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
