import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type ContentWriter, Delivery, type WriteCallback } from './delivery.ts'
import { Expectation, type ExpectationOwner } from './expectation.ts'
import type { Http1Gate, Written } from './http1-gate.ts'
import { resetConnection } from './reset.ts'
import type { Ticket, TicketedConnection } from './ticket.ts'

// The encoding that streams use for bytes, which the type lacks.
const encoding = 'buffer' as BufferEncoding

const lineEnd = Buffer.from('\r\n', 'latin1')
const lastChunk = Buffer.from('0\r\n\r\n', 'latin1')

/** Bytes of content from which the origin may not have read everything that the system accepted. */
const mayBeUnread = 65_536

interface DeferredWrite {
  readonly pieces: Written[]
  readonly callback: WriteCallback
}

/** One upload on an HTTP/1.1 connection: its head, its expectation, and its content, chunked or not. */
export class Http1Upload implements TicketedConnection, ContentWriter, ExpectationOwner {
  readonly isHttp2 = false
  readonly ticket: Ticket
  readonly expectation: Expectation
  /** The head, which may wait to be written together with the first content; `null` once it is being written. */
  head: Buffer | null
  readonly #socket: Socket
  readonly #gate: Http1Gate
  readonly #chunked: boolean
  readonly #asks: boolean
  readonly #delivery: Delivery
  /** The callback of the head's write, called when all of the content was written. */
  #callback: WriteCallback | null = null
  #headWriting = false
  #deferred: DeferredWrite | null = null
  #sentBytes = 0
  /** The error with which undici closed the connection while content was still sent. */
  #closesWith: Error | null = null

  constructor(socket: Socket, gate: Http1Gate, ticket: Ticket, head: Buffer, asks: boolean) {
    this.#socket = socket
    this.#gate = gate
    this.ticket = ticket
    this.head = head
    this.#chunked = ticket.length === null
    this.#asks = asks
    this.expectation = new Expectation(ticket, asks, this)
    this.#delivery = new Delivery(ticket, this)
  }

  // Called by the gate.

  /** Writes the head, and the content as soon as it may be sent. */
  send(reusedConnection: boolean, callback: WriteCallback): void {
    this.#callback = callback
    this.ticket.onHead(this, this.#asks, reusedConnection)
    if (this.#asks) this.#writeHead()
    else this.#delivery.start()
  }

  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  onRelease(): void {
    this.#delivery.start()
  }

  // Called by the delivery.

  onContent(bytes: number): void {
    this.#sentBytes += bytes
    this.#gate.moved()
    this.ticket.onContent(bytes)
  }

  onDelivered(): void {
    this.expectation.sent()
    const callback = this.#callback
    this.#callback = null
    this.#gate.forget()
    this.ticket.onDelivered()
    callback?.()
    if (this.#closesWith !== null) this.#socket.destroy(this.#closesWith)
  }

  write(chunks: Uint8Array[], bytes: number, last: boolean, callback: WriteCallback): void {
    const pieces = chunks.map((chunk) => ({ chunk, encoding }))
    if (this.#chunked) this.#frame(pieces, bytes, last)
    if (this.head !== null) {
      pieces.unshift({ chunk: this.head, encoding })
      this.head = null
    }
    if (pieces.length === 0) callback()
    else if (this.#headWriting) this.#deferred = { pieces, callback }
    else this.#gate.writeRaw(pieces, this.#failable(callback))
  }

  /** Frames the pieces as one chunk (RFC 9112, section 7.1). */
  #frame(pieces: Written[], bytes: number, last: boolean): void {
    if (bytes > 0) {
      const size = Buffer.from(`${bytes.toString(16)}\r\n`, 'latin1')
      pieces.unshift({ chunk: size, encoding })
      pieces.push({ chunk: lineEnd, encoding })
    }
    if (last) pieces.push({ chunk: lastChunk, encoding })
  }

  /** The head does not wait for content that comes from code of the caller. */
  idle(): void {
    if (this.ticket.callsOut) this.#writeHead()
  }

  #writeHead(): void {
    const head = this.head
    if (head === null) return
    this.head = null
    this.#headWriting = true
    this.#gate.writeRaw([{ chunk: head, encoding }], this.#failable(this.#headWritten))
  }

  readonly #headWritten = (): void => {
    this.#headWriting = false
    this.expectation.headWritten()
    const deferred = this.#deferred
    this.#deferred = null
    if (deferred !== null) this.#gate.writeRaw(deferred.pieces, this.#failable(deferred.callback))
    else this.expectation.releaseIfGranted()
  }

  /** Wraps a callback: a failed write goes to the stream's callback instead, which destroys the stream. */
  #failable(callback: WriteCallback): WriteCallback {
    return (error) => {
      if (error) this.#callback?.(error)
      else if (!this.expectation.contentStopped) callback()
    }
  }

  // Called by the attempt.

  get choseHttp1(): boolean {
    return (this.#socket as Partial<TLSSocket>).alpnProtocol === 'http/1.1'
  }

  get queuedBytes(): number {
    const { _handle: handle } = this.#socket as { _handle?: { writeQueueSize?: number } | null }
    return handle?.writeQueueSize ?? 0
  }

  stop(): void {
    this.#delivery.stop()
    this.#deferred = null
    this.head = null
  }

  close(): void {
    this.stop()
    resetConnection(this.#socket)
  }

  responseEnded(): boolean {
    if (this.expectation.finalBeforeContent && !this.#delivery.over) {
      this.#keepOpen()
      return true
    }
    const { complete, finalStatus } = this.expectation
    const unread = finalStatus >= 300 && this.#sentBytes >= mayBeUnread
    if (!complete || unread) this.close()
    return false
  }

  /** Delays undici's closing of the connection, which undici counts as idle, until the content was written. */
  #keepOpen(): void {
    const socket = this.#socket
    const { destroy } = socket
    socket.destroy = (error?: NodeJS.ErrnoException) => {
      if (!this.#delivery.over && error?.code === 'UND_ERR_INFO') {
        this.#closesWith = error
        return socket
      }
      return destroy.call(socket, error)
    }
  }
}
