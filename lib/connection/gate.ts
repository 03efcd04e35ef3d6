import type { Socket } from 'node:net'
import { errors } from 'undici'
import { UploadError } from '../errors.ts'
import type { RequestContent } from '../protocol/head.ts'
import { InterimSplitter, interimLimit } from '../protocol/interim.ts'
import { cut, OutgoingSorter, type Written } from '../protocol/outgoing.ts'
import { Exchange, type ExchangeOwner } from './exchange.ts'
import type { Line, NextRequest } from './line.ts'
import { SliceSize } from './slice-size.ts'
import type { Ticket, TicketedConnection } from './ticket.ts'
import { Wait, type Waiting } from './wait.ts'

type Callback = (error?: Error | null) => void

/** Milliseconds to look for a response after a failed write, where no ticket says otherwise. */
const rescueTimeout = 500

/** How a connection is used. */
export interface GateOptions {
  /** Whether requests may be written before the response to the last one is complete. */
  readonly pipelined: boolean
}

/**
 * Puts a gate on an HTTP/1.1 connection. It works on the bytes of the protocol:
 *
 *     > PUT /videos HTTP/1.1          a head that was announced leaves with the expectation,
 *     > expect: 100-continue          and the content behind it is held
 *     < HTTP/1.1 100 Continue         taken out; the content is let go
 *     < HTTP/1.1 413 ...              handed on; nothing more is written
 *
 * A write that fails with EPIPE or ECONNRESET is reported to the stream only after the
 * response that may have come before it was looked for, because a stream that hears of it
 * is destroyed at once, with that response unread.
 */
export function gate(socket: Socket, options: GateOptions): Line {
  const made = new Gate(socket, options)
  made.install()
  return made
}

class Gate implements Line, TicketedConnection, ExchangeOwner, Waiting {
  readonly #socket: Socket
  readonly #pipelined: boolean
  readonly #write: Socket['_write']
  readonly #writev: NonNullable<Socket['_writev']>
  readonly #push: Socket['push']
  readonly #sorter = new OutgoingSorter((content) => this.#begin(content))
  readonly #interim = new InterimSplitter()
  readonly #rescue = new Wait(this)
  /** Whose head is written next. */
  #announced: Ticket | null = null
  #exchange: Exchange | null = null
  #requests = 0
  /** Whether a response head may begin in the next byte that comes in. */
  #awaiting = false
  /** What stands behind the head of a request that asks, and whom to tell when it is written. */
  #held: { readonly pieces: Written[]; readonly callback: Callback } | null = null
  /** Whom to tell of the write that is under way, and how much of it is content. */
  #callback: Callback | null = null
  #contentInFlight = 0
  #gathering = false
  /** What a write failed with, and whom to tell when no response is found. */
  #failure: { readonly error: Error; readonly callback: Callback } | null = null
  /** How much of an upload's content is written at once. */
  #sliceSize = new SliceSize()

  constructor(socket: Socket, options: GateOptions) {
    this.#socket = socket
    this.#pipelined = options.pipelined
    this.#write = socket._write
    this.#writev = socket._writev as NonNullable<Socket['_writev']>
    this.#push = socket.push
  }

  install(): void {
    const socket = this.#socket
    socket._write = (chunk: string | Uint8Array, encoding, callback) => {
      this.#take([{ chunk, encoding }], callback)
    }
    socket._writev = (chunks: Written[], callback) => {
      this.#take(chunks, callback)
    }
    socket.push = (chunk: Uint8Array | null, encoding) => this.#receive(chunk, encoding)
    socket.once('close', this.#onClose)
  }

  /** After CONNECT or an upgrade the connection is somebody else's. */
  #uninstall(): void {
    const socket = this.#socket
    socket._write = this.#write
    socket._writev = this.#writev
    socket.push = this.#push
    socket.off('close', this.#onClose)
  }

  readonly #onClose = (): void => {
    this.#exchange?.close()
    this.#rescue.stop()
    this.#held = null
    this.#announced = null
  }

  /** undici writes no head between this and the upload's own, not even where it pipelines. */
  announce({ ticket }: NextRequest): void {
    this.#announced = ticket
  }

  // Outgoing ---------------------------------------------------------------------------

  /** A callback that is never called keeps the stream from writing, and its user from reading on. */
  #take(pieces: readonly Written[], callback: Callback): void {
    if (this.#announced === null && this.#exchange === null) {
      // Most requests have no ticket, and go on as they are.
      this.#sorter.follow(pieces)
      if (!this.#sorter.complete) this.#gather()
      this.#forward(pieces, callback)
      return
    }
    if (this.#exchange?.shut) return
    const { slice, rest } = cut(pieces, this.#sliceSize.bytes)
    const { now, later, contentBytes } = this.#sorter.sort(slice)
    this.#contentInFlight = contentBytes
    if (later !== null) {
      this.#held = { pieces: [...later, ...rest], callback }
      this.#forward(now, this.#headLeft)
      return
    }
    if (this.#sorter.complete) this.#exchange?.sent()
    else this.#gather()
    const next = rest.length === 0 ? callback : this.#then(rest, callback)
    if (now.length === 0) next()
    else this.#forward(now, next)
  }

  /** Pieces of content that come one right after another leave together, in one system call. */
  #gather(): void {
    if (this.#gathering) return
    this.#gathering = true
    this.#socket.cork()
    process.nextTick(Gate.#gathered, this)
  }

  static #gathered(gate: Gate): void {
    gate.#gathering = false
    gate.#socket.uncork()
  }

  /** What is done once a slice was written. */
  #then(rest: readonly Written[], callback: Callback): Callback {
    const begun = performance.now()
    return (error) => {
      if (error) {
        callback(error)
        return
      }
      this.#sliceSize.took(performance.now() - begun)
      this.#take(rest, callback)
    }
  }

  /** A request's head is written. */
  #begin(content: RequestContent): boolean {
    const ticket = this.#announced
    this.#announced = null
    const reused = this.#requests > 0
    this.#requests += 1
    // Where requests may be written before the last response is complete, only uploads are
    // watched: they are written to idle connections alone, so the next response is theirs.
    if (this.#pipelined && ticket === null && content !== 'tunnel') return false
    this.#awaiting = true
    this.#interim.reset()
    // Nothing of a request without a ticket is held back or counted.
    if (ticket === null && content !== 'tunnel') {
      this.#exchange = null
      return false
    }
    if (ticket !== null) ticket.connection = this
    const exchange = new Exchange(content, ticket, this)
    this.#exchange = exchange
    this.#sliceSize = new SliceSize()
    exchange.begin(reused)
    return exchange.asks
  }

  get queuedBytes(): number {
    const { _handle: handle } = this.#socket as { _handle?: { writeQueueSize?: number } | null }
    return handle?.writeQueueSize ?? 0
  }

  retire(): void {
    this.#socket.destroy()
  }

  #forward(pieces: readonly Written[], callback: Callback): void {
    this.#callback = callback
    const [only] = pieces
    if (pieces.length === 1 && only !== undefined) {
      this.#write.call(this.#socket, only.chunk, only.encoding, this.#written)
      return
    }
    // net.Socket looks for this property to pass the buffers on as they are.
    const vector: Written[] & { allBuffers?: boolean } = pieces as Written[]
    vector.allBuffers = !pieces.some(({ chunk }) => typeof chunk === 'string')
    this.#writev.call(this.#socket, vector, this.#written)
  }

  readonly #written = (error?: Error | null): void => {
    const callback = this.#callback as Callback
    const bytes = this.#contentInFlight
    this.#callback = null
    this.#contentInFlight = 0
    if (error) {
      this.#failed(error, callback)
      return
    }
    const shut = this.#exchange?.shut
    this.#exchange?.accepted(bytes)
    this.#forget()
    if (!shut) callback()
  }

  readonly #headLeft = (error?: Error | null): void => {
    if (error) {
      this.#held?.callback(error)
      return
    }
    this.#exchange?.headLeft()
    this.#settle()
  }

  #failed(error: Error, callback: Callback): void {
    if (!isPeerGone(error)) {
      callback(error)
      return
    }
    this.#exchange?.rescue(error)
    // Once the final response has begun, reading ends by itself, with or without a write.
    if (!this.#awaiting) return
    this.#failure = { error, callback }
    this.#rescue.start(this.#exchange?.rescueTimeout ?? rescueTimeout)
  }

  /** No response was found behind a write that failed. */
  waited(): void {
    this.#failure?.callback(this.#failure.error)
  }

  unanswered(): void {
    this.#settle()
  }

  /** Lets the content go, if what happened last came to that. */
  #settle(): void {
    if (!this.#exchange?.ready || this.#held === null) return
    const { pieces, callback } = this.#held
    this.#held = null
    this.#exchange.flow()
    this.#take(pieces, callback)
  }

  // Incoming ---------------------------------------------------------------------------

  #receive(chunk: Uint8Array | null, encoding?: BufferEncoding): boolean {
    if (!this.#awaiting) {
      if (chunk === null || this.#announced === null) {
        return this.#push.call(this.#socket, chunk, encoding)
      }
      // undici would take it for the answer to a request of which nothing was written.
      this.#socket.destroy(unasked())
      return false
    }
    if (chunk === null) {
      const rest = this.#interim.flush()
      this.#awaiting = false
      if (rest.length > 0) this.#push.call(this.#socket, rest)
      return this.#push.call(this.#socket, null)
    }
    this.#exchange?.answered()
    const { pass, heads, overflow } = this.#interim.take(chunk)
    if (overflow) {
      this.#socket.destroy(tooMuch())
      return false
    }
    for (const head of heads) {
      if (head.type === 'interim') this.#exchange?.interim(head.status)
      else this.#final(head.status)
    }
    let more = true
    for (const bytes of pass) more = this.#push.call(this.#socket, bytes)
    // Only now, when a final response in the same piece would be known, may content go.
    this.#settle()
    return more
  }

  #final(status: number): void {
    this.#awaiting = false
    this.#rescue.stop()
    this.#exchange?.final(status)
    if (this.#exchange?.shut) this.#held = null
    if (this.#exchange?.tunnel) this.#uninstall()
    this.#forget()
  }

  /** An idle connection keeps nothing of the upload it carried alive. */
  #forget(): void {
    if (this.#exchange?.sentAll && !this.#awaiting && this.#callback === null) this.#exchange = null
  }
}

function isPeerGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ECONNRESET' || error.code === 'ECONNABORTED'
}

/** RFC 9112, section 9.2: what comes while no request is outstanding is no response. */
function unasked(): Error {
  return new errors.SocketError('The origin sent a response before the request')
}

function tooMuch(): UploadError {
  return new UploadError(
    'ERR_EXPECT_INTERIM_OVERFLOW',
    `The origin sent more than ${interimLimit} bytes of interim (1xx) responses to one request; the connection was closed`,
  )
}
