import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type ContentWriter, Delivery, type DeliveryOwner } from './delivery.ts'
import { Expectation, type ExpectationOwner } from './expectation.ts'
import type { Http1Gate, Written } from './http1-gate.ts'
import { resetConnection } from './reset.ts'
import type { Source } from './source.ts'
import type { Ticket, TicketedConnection } from './ticket.ts'

type Callback = (error?: Error | null) => void

// What streams call the encoding of bytes; the type knows those of text only.
const encoding = 'buffer' as BufferEncoding

const lineEnd = Buffer.from('\r\n', 'latin1')
const lastChunk = Buffer.from('0\r\n\r\n', 'latin1')

/** Bytes of content from which on an origin may not have read all of what the system took. */
const mayBeUnread = 65_536

/** A write that waits for the one that is under way. */
interface Deferred {
  readonly pieces: Written[]
  readonly callback: Callback
}

/** One upload on an HTTP/1.1 connection: its head, its expectation, and its content in chunks or plain. */
export class Http1Upload
  implements TicketedConnection, ContentWriter, DeliveryOwner, ExpectationOwner
{
  readonly isHttp2 = false
  readonly ticket: Ticket
  readonly expectation: Expectation
  readonly #socket: Socket
  readonly #gate: Http1Gate
  readonly #chunked: boolean
  readonly #asks: boolean
  readonly #delivery: Delivery
  /** A head that leaves together with the first content, if there is any at once. */
  #head: Buffer | null = null
  /** Whom to tell when all was written. */
  #callback: Callback | null = null
  #headWriting = false
  #deferred: Deferred | null = null
  #status = 0
  #sentBytes = 0
  /** Whether all of the content was written. */
  complete = false
  /** Whether the content outlives the response. */
  #staysOpen = false
  /** What undici wants to close the connection with in the meantime. */
  #closesWith: Error | null = null

  constructor(socket: Socket, gate: Http1Gate, ticket: Ticket, asks: boolean) {
    this.#socket = socket
    this.#gate = gate
    this.ticket = ticket
    this.#chunked = ticket.length === null
    this.#asks = asks
    this.expectation = new Expectation(ticket, asks, this)
    this.#delivery = new Delivery(this, this)
  }

  // The gate's side --------------------------------------------------------------------

  /**
   * Writes the head, and the content when it may flow.
   *
   * @param callback is called when all of it was written.
   */
  send(head: Buffer, reusedConnection: boolean, callback: Callback): void {
    this.#callback = callback
    this.#head = head
    this.ticket.onHead(this, this.#asks, reusedConnection)
    if (this.#asks) this.#writeHead()
    else this.#delivery.start()
  }

  /** Lets the content go, if what happened last came to that. */
  settle(): void {
    if (this.expectation.release()) this.#delivery.start()
  }

  onSilence(): void {
    this.settle()
  }

  /** The final response came. */
  final(status: number): void {
    this.#status = status
    this.expectation.final(status)
    if (this.expectation.shut) this.stop()
  }

  /** The connection is closed. */
  closed(): void {
    this.expectation.close()
    this.stop()
    if (!this.complete) this.ticket.onClosed()
  }

  // The delivery's side ----------------------------------------------------------------

  open(): Source | Promise<Source> {
    return this.ticket.open()
  }

  onWrite(chunks: readonly Uint8Array[], bytes: number): void {
    this.ticket.onWrite(chunks, bytes)
  }

  onContent(bytes: number): void {
    this.#sentBytes += bytes
    this.#gate.moved()
    this.ticket.onContent(bytes)
  }

  onDelivered(): void {
    this.complete = true
    this.expectation.sent()
    const callback = this.#callback
    this.#callback = null
    this.#staysOpen = false
    this.#gate.forget()
    this.ticket.onDelivered()
    callback?.()
    if (this.#closesWith !== null) this.#socket.destroy(this.#closesWith)
  }

  onSourceError(error: unknown): void {
    this.ticket.onSourceError(error)
  }

  write(chunks: Uint8Array[], bytes: number, last: boolean, callback: Callback): void {
    const pieces = chunks.map((chunk) => ({ chunk, encoding }))
    if (this.#chunked) this.#frame(pieces, bytes, last)
    if (this.#head !== null) {
      pieces.unshift({ chunk: this.#head, encoding })
      this.#head = null
    }
    if (pieces.length === 0) callback()
    else if (this.#headWriting) this.#deferred = { pieces, callback }
    else this.#gate.writeRaw(pieces, this.#failable(callback))
  }

  /** Puts chunks in the framing of RFC 9112, section 7.1, as one chunk. */
  #frame(pieces: Written[], bytes: number, last: boolean): void {
    if (bytes > 0) {
      const size = Buffer.from(`${bytes.toString(16)}\r\n`, 'latin1')
      pieces.unshift({ chunk: size, encoding })
      pieces.push({ chunk: lineEnd, encoding })
    }
    if (last) pieces.push({ chunk: lastChunk, encoding })
  }

  /** Content that is not at hand does not keep the head waiting. */
  idle(): void {
    if (!this.ticket.atHand) this.#writeHead()
  }

  #writeHead(): void {
    const head = this.#head
    if (head === null) return
    this.#head = null
    this.#headWriting = true
    this.#gate.writeRaw([{ chunk: head, encoding }], this.#failable(this.#headWritten))
  }

  readonly #headWritten = (): void => {
    this.#headWriting = false
    this.expectation.headLeft()
    const deferred = this.#deferred
    this.#deferred = null
    if (deferred !== null) this.#gate.writeRaw(deferred.pieces, this.#failable(deferred.callback))
    else this.settle()
  }

  /** The same callback; a write that failed ends the stream instead. */
  #failable(callback: Callback): Callback {
    return (error) => {
      if (error) this.#callback?.(error)
      else if (!this.expectation.shut) callback()
    }
  }

  // The attempt's side -----------------------------------------------------------------

  get choseHttp1(): boolean {
    return (this.#socket as Partial<TLSSocket>).alpnProtocol === 'http/1.1'
  }

  get queuedBytes(): number {
    const { _handle: handle } = this.#socket as { _handle?: { writeQueueSize?: number } | null }
    return handle?.writeQueueSize ?? 0
  }

  stop(): void {
    this.#staysOpen = false
    this.#delivery.stop()
    this.#deferred = null
    this.#head = null
  }

  close(): void {
    this.stop()
    resetConnection(this.#socket)
  }

  responseEnded(): boolean {
    if (!this.complete && this.expectation.answeredFirst && !this.#delivery.over) {
      this.#staysOpen = true
      this.#keepOpen()
      return true
    }
    const unread = this.#status >= 300 && this.#sentBytes >= mayBeUnread
    if (!this.complete || unread) this.close()
    return false
  }

  /** Lets undici close the connection, which is idle to it, only when the content was written. */
  #keepOpen(): void {
    const socket = this.#socket
    const { destroy } = socket
    socket.destroy = (error?: NodeJS.ErrnoException) => {
      if (this.#staysOpen && error?.code === 'UND_ERR_INFO') {
        this.#closesWith = error
        return socket
      }
      return destroy.call(socket, error)
    }
  }
}
