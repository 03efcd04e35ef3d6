import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Http1Gate } from '../../lib/connection/http1-gate.ts'
import type { Source } from '../../lib/connection/source.ts'
import type { Ticket, TicketOptions } from '../../lib/connection/ticket.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import type { Fields } from '../../lib/headers.ts'
import { closeLater } from './closing.ts'
import { uploadContentOf } from './sources.ts'

/** A client socket with a gate, and no undici client above it. */
export interface Gated {
  readonly socket: Socket
  readonly gate: Http1Gate
}

export function gatedSocket(url: string): Gated {
  const { protocol, hostname, port } = new URL(url)
  const target = { host: hostname, port: Number(port) }
  const socket =
    protocol === 'https:' ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target)
  closeLater(() => socket.destroy())
  return { socket, gate: new Http1Gate(socket, { pipelined: false }) }
}

interface RecorderOptions {
  readonly asks?: boolean
  readonly continueTimeout?: number
  readonly rescueTimeout?: number
  readonly length?: number | null
}

/** A ticket that records the calls to it as text. */
export class Recorder implements Ticket {
  readonly events: string[] = []
  readonly body = null
  readonly options: TicketOptions
  readonly contentBegan = false
  readonly callsOut = true
  readonly #asks: boolean
  readonly continueTimeout: number
  readonly length: number | null
  readonly #input: ContentInput
  readonly #waiting: { readonly event: string; readonly seen: () => void }[] = []

  constructor(input: ContentInput, { asks = true, ...options }: RecorderOptions = {}) {
    this.#input = input
    this.#asks = asks
    this.continueTimeout = options.continueTimeout ?? 1000
    this.options = {
      isReplaced: false,
      isResumable: false,
      lengthStated: false,
      prefersHttp1: false,
      mayNeedHttp2: false,
      rescueTimeout: options.rescueTimeout ?? 500,
    }
    this.length = options.length ?? null
  }

  asks(): boolean {
    return this.#asks
  }

  /** Resolves when this event was recorded. */
  until(event: string): Promise<void> {
    if (this.events.includes(event)) return Promise.resolve()
    return new Promise((seen) => this.#waiting.push({ event, seen }))
  }

  open(): Source | Promise<Source> {
    this.#note('open')
    return uploadContentOf(this.#input, { length: this.length }).open()
  }

  replaceBody(_body: unknown, headers: Fields): Fields {
    return headers
  }

  onGated(): void {}
  onCreate(): void {}
  onWrite(): void {}
  onHead(_connection: unknown, asked: boolean, reused: boolean): void {
    this.#note(`${asked ? 'asked' : 'not asked'}${reused ? ' again' : ''}`)
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
  onDelivered(): void {
    this.#note('delivered')
  }
  onClosed(): void {
    this.#note('closed')
  }
  onSourceError(error: unknown): void {
    this.#note(`source ${(error as Error).message}`)
  }
  onRescue(error: NodeJS.ErrnoException): void {
    this.#note(`rescue ${error.code}`)
  }

  #note(event: string): void {
    this.events.push(event)
    for (const { event: wanted, seen } of this.#waiting) if (wanted === event) seen()
  }
}

/** The head of a PUT, as undici writes it. */
export const putHead = 'PUT /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'

export function put({ socket, gate }: Gated, ticket: Ticket): void {
  gate.announce(ticket)
  socket.write(putHead, 'latin1')
}

/** Resolves when a socket has closed, for any reason. */
export function closing(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve()
  return new Promise((closed) => socket.once('close', () => closed()))
}
