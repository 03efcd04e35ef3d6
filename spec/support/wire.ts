import type { Socket } from 'node:net'
import { turns } from './turns.ts'

const blankLine = '\r\n\r\n'

/** The origin's side of one connection, which a script reads from and writes to. */
export class Wire {
  /** The number of the connection, counted from 0. */
  readonly index: number
  readonly socket: Socket
  readonly #connection: Socket
  /** Bytes that arrived and that the script has not read. */
  #buffered: Buffer = Buffer.alloc(0)
  #ended = false
  #error: Error | null = null
  #wake: (() => void) | null = null

  /** @param connection the TCP connection below a TLS socket. */
  constructor(socket: Socket, index: number, connection: Socket = socket) {
    this.socket = socket
    this.#connection = connection
    this.index = index
    socket.on('data', (chunk: Buffer) => {
      this.#buffered = Buffer.concat([this.#buffered, chunk])
      this.#wakeUp()
    })
    socket.on('error', (error) => {
      this.#error = error
      this.#end()
    })
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
    if (socket.closed) this.#end()
  }

  /** How many bytes arrived that the script has not read. */
  get unread(): number {
    return this.#buffered.length
  }

  /** Reads a request head, including its blank line. */
  async head(): Promise<string> {
    return (await this.until(blankLine)).toString('latin1')
  }

  /** Reads the content without its framing. */
  async content(head: string): Promise<Buffer> {
    const length = /^content-length: (\d+)\r$/im.exec(head)
    if (length !== null) return this.bytes(Number(length[1]))
    if (!/^transfer-encoding: chunked\r$/im.test(head)) return Buffer.alloc(0)
    const chunks: Buffer[] = []
    for (;;) {
      const size = Number.parseInt((await this.until('\r\n')).toString('latin1'), 16)
      if (size === 0) {
        await this.until('\r\n')
        return Buffer.concat(chunks)
      }
      chunks.push(await this.bytes(size))
      await this.until('\r\n')
    }
  }

  async bytes(count: number): Promise<Buffer> {
    await this.#waitUntil(() => this.#buffered.length >= count, `${count} bytes`)
    return this.#take(count)
  }

  /** Reads up to and including a text. */
  async until(text: string): Promise<Buffer> {
    await this.#waitUntil(() => this.#buffered.includes(text), JSON.stringify(text))
    return this.#take(this.#buffered.indexOf(text) + text.length)
  }

  /** Waits for the other side to close, and returns the bytes before that. */
  async closed(): Promise<Buffer> {
    while (!this.#ended) await this.#nextData()
    return this.#take(this.#buffered.length)
  }

  /** Sends a head: these lines and the blank line. */
  send(...lines: string[]): void {
    this.raw(`${lines.join('\r\n')}\r\n\r\n`)
  }

  raw(text: string | Uint8Array): void {
    if (typeof text === 'string') this.socket.write(text, 'latin1')
    else this.socket.write(text)
  }

  /** Sends each piece in a segment of its own, if the system allows it. */
  async pieces(...pieces: string[]): Promise<void> {
    for (const piece of pieces) {
      await new Promise<void>((sent) => this.socket.write(piece, 'latin1', () => sent()))
      // The receiver sees each piece separately if the event loop turns between two writes.
      await turns()
    }
  }

  end(): void {
    this.socket.end()
  }

  /** Sends a RST. */
  reset(): void {
    this.#connection.resetAndDestroy()
  }

  async #waitUntil(enough: () => boolean, what: string): Promise<void> {
    while (!enough()) {
      if (this.#ended) {
        const got = JSON.stringify(this.#buffered.subarray(0, 200).toString('latin1'))
        const why = this.#error === null ? 'left' : `failed with ${this.#error.message}`
        throw new Error(`connection ${this.index}: the peer ${why} before ${what}; it sent ${got}`)
      }
      await this.#nextData()
    }
  }

  #take(count: number): Buffer {
    const bytes = this.#buffered.subarray(0, count)
    this.#buffered = this.#buffered.subarray(count)
    return bytes
  }

  #nextData(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #end(): void {
    this.#ended = true
    this.#wakeUp()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
