import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { gate } from '../../lib/connection/gate.ts'
import type { Line } from '../../lib/connection/line.ts'
import type { GateObserver, Ticket } from '../../lib/connection/ticket.ts'
import { closeLater } from './closing.ts'

/** A client's end of a connection that has a gate, with nothing above it. */
export interface Gated {
  readonly socket: Socket
  readonly line: Line
}

/** Connects to an origin. */
export function gatedSocket(url: string, pipelined = false): Gated {
  const { protocol, hostname, port } = new URL(url)
  const target = { host: hostname, port: Number(port) }
  const socket =
    protocol === 'https:' ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target)
  closeLater(() => socket.destroy())
  return { socket, line: gate(socket, { pipelined }) }
}

/** Writes down what a gate tells, as text, in order. */
export class Recorder implements GateObserver {
  readonly events: string[] = []
  readonly #waiting: { readonly event: string; readonly seen: () => void }[] = []

  /** Resolves when this was told. */
  until(event: string): Promise<void> {
    if (this.events.includes(event)) return Promise.resolve()
    return new Promise((seen) => this.#waiting.push({ event, seen }))
  }

  onHead(asked: boolean): void {
    this.#note(asked ? 'asked' : 'not asked')
  }
  onFirstByte(): void {
    this.#note('first byte')
  }
  onInterim(status: number): void {
    this.#note(`interim ${status}`)
  }
  onRelease(by: string): void {
    this.#note(`release by ${by}`)
  }
  onFinal(status: number, withheld: boolean): void {
    this.#note(`final ${status}${withheld ? ' withheld' : ''}`)
  }
  onContent(bytes: number): void {
    this.#note(`content ${bytes}`)
  }
  onRescue(error: NodeJS.ErrnoException): void {
    this.#note(`rescue ${error.code}`)
  }

  #note(event: string): void {
    this.events.push(event)
    for (const { event: wanted, seen } of this.#waiting) if (wanted === event) seen()
  }
}

/** Announces a PUT: its head, as a client writes it, and what its gate tells of it. */
export function announced(
  line: Line,
  length: number,
  options: Partial<Pick<Ticket, 'asks' | 'continueTimeout' | 'rescueTimeout'>> = {},
): { head: string; told: Recorder } {
  const told = new Recorder()
  const times = { continueTimeout: 1000, rescueTimeout: 500, headersTimeout: 0 }
  const flags = { asks: true, taken: true, ended: false, connection: null, inOnePiece: () => null }
  const ticket: Ticket = { ...flags, ...times, ...options, observer: told }
  line.announce({ ticket, asks: ticket.asks }, { abort: () => {} })
  const head = `PUT /upload HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`
  return { head, told }
}

/** One turn of the event loop: what was ready to be read has been read after two of them. */
export function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done))
}

/** Resolves when a socket has closed, for whatever reason. */
export function closing(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve()
  return new Promise((closed) => socket.once('close', () => closed()))
}
