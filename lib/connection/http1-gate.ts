import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Dispatcher } from 'undici'
import { InterimResponseParser } from '../protocol/interim-responses.ts'
import { contentHead } from '../protocol/request-head.ts'
import type { WriteCallback } from './delivery.ts'
import { interimOverflow, noAnnouncement, noHead, responseBeforeRequest } from './gate-errors.ts'
import { Http1Upload } from './http1-upload.ts'
import type { Ticket } from './ticket.ts'
import { Wait } from './wait.ts'

/** A chunk that a stream passes to `_writev`. */
export interface Written {
  readonly chunk: string | Uint8Array
  readonly encoding: BufferEncoding
}

/** Milliseconds to wait for a response after a failed write of a request without a ticket. */
const rescueTimeout = 500

/**
 * The gate on an HTTP/1.1 connection. undici writes an upload as a request without content:
 *
 *     > PUT /videos HTTP/1.1          an announced head gets its framing and the expectation
 *     > expect: 100-continue
 *     < HTTP/1.1 100 Continue         removed; the content is read and written
 *     < HTTP/1.1 413 ...              passed on; nothing more is read or written
 *
 * The callback of the head's write is called only when all of the content was written, so that
 * undici writes nothing in between.
 *
 * A write that fails with EPIPE or ECONNRESET is reported only after a short wait for a response.
 * Reporting it at once would destroy the stream, and an early response would be lost unread.
 */
export class Http1Gate {
  readonly isHttp2 = false
  readonly #socket: Socket
  /** Whether requests may be written before the response to the last one is complete. */
  readonly #pipelined: boolean
  readonly #write: Socket['_write']
  readonly #writev: NonNullable<Socket['_writev']>
  readonly #push: Socket['push']
  readonly #streamWrite: Socket['write']
  readonly #responses = new InterimResponseParser()
  /** The upload whose head undici writes next. */
  #announced: Ticket | null = null
  /** The upload whose head is in the queue of the socket's stream. */
  #pending: Http1Upload | null = null
  #upload: Http1Upload | null = null
  /** What undici may write without an announced upload. */
  #mayWrite: 'nothing' | 'head' | 'anything' = 'nothing'
  #requests = 0
  #tunnel = false
  #writeCallback: WriteCallback | null = null
  /** The wait for a response after a failed write. */
  #earlyResponseWait: Wait | null = null

  constructor(socket: Socket, { pipelined }: { readonly pipelined: boolean }) {
    this.#socket = socket
    this.#pipelined = pipelined
    this.#write = socket._write
    this.#writev = socket._writev as NonNullable<Socket['_writev']>
    this.#push = socket.push
    this.#streamWrite = socket.write
    // No response is expected before the first request.
    this.#responses.flush()
    socket.write = this.#streamed as Socket['write']
    socket._write = (chunk: string | Uint8Array, encoding, callback) => {
      // Bun's _writev calls _write for each chunk.
      if (this.#writeCallback !== null) this.#write.call(socket, chunk, encoding, callback)
      else if (chunk === this.#pending?.head) this.#send(callback)
      else this.#pass(chunk, encoding, callback)
    }
    socket._writev = (chunks: Written[], callback) => this.#take(chunks, callback)
    socket.push = (chunk: Uint8Array | null, encoding) => this.#receive(chunk, encoding)
    socket.once('close', this.#onClose)
  }

  /** Removes the gate: after CONNECT or an upgrade, the connection is no longer HTTP/1.1. */
  #uninstall(): void {
    const socket = this.#socket
    socket.write = this.#streamWrite
    socket._write = this.#write
    socket._writev = this.#writev
    socket.push = this.#push
    socket.off('close', this.#onClose)
  }

  readonly #onClose = (): void => {
    this.#upload?.expectation.closed()
    this.#earlyResponseWait?.stop()
    this.#upload = null
    this.#announced = null
    this.#pending = null
  }

  /** Whether the origin chose no protocol in the TLS handshake, and no request was written yet. */
  get choseNone(): boolean {
    const { alpnProtocol } = this.#socket as Partial<TLSSocket>
    return alpnProtocol === false && this.#requests === 0
  }

  /** undici writes the head of this upload next, in the same turn. */
  announce(ticket: Ticket): void {
    this.#announced = ticket
    this.#mayWrite = 'nothing'
    queueMicrotask(this.#checkAnnounced)
  }

  readonly #checkAnnounced = (): void => {
    if (this.#announced !== null) this.#socket.destroy(noHead())
  }

  /** undici next writes the head of a request whose content, if any, it writes itself. */
  announceOther({ body, method, upgrade }: Dispatcher.DispatchOptions): void {
    const tunnel = method === 'CONNECT' || Boolean(upgrade)
    const hasContent = body !== null && body !== undefined
    this.#mayWrite = tunnel || hasContent || this.#pipelined ? 'anything' : 'head'
    this.#requests += 1
    this.#tunnel = tunnel
    this.#upload = null
    // With pipelining, only the responses to uploads are watched. Uploads are written only to idle
    // connections, so that the next response belongs to them.
    if (!this.#pipelined || tunnel) this.#responses.reset()
  }

  /** Replaces `socket.write`, which undici calls. */
  readonly #streamed = (...args: Parameters<Socket['write']>): boolean => {
    const socket = this.#socket
    const ticket = this.#announced
    if (ticket === null) {
      if (this.#mayWrite === 'nothing') {
        socket.destroy(noAnnouncement())
        return false
      }
      if (this.#mayWrite === 'head') this.#mayWrite = 'nothing'
      return this.#streamWrite.apply(socket, args)
    }
    this.#announced = null
    if (this.#pipelined) this.#mayWrite = 'anything'
    const { length } = ticket
    const asks = ticket.asks(false)
    const [chunk] = args
    const head = typeof chunk === 'string' ? contentHead(chunk, { length, asks }) : null
    if (head === null) {
      socket.destroy(noHead())
      return false
    }
    const bytes = Buffer.from(head, 'latin1')
    this.#pending = new Http1Upload(socket, this, ticket, bytes, asks)
    return this.#streamWrite.call(socket, bytes)
  }

  #take(chunks: Written[], callback: WriteCallback): void {
    const head = this.#pending?.head
    const at = head === undefined ? -1 : chunks.findIndex(({ chunk }) => chunk === head)
    if (at === -1) {
      this.writeRaw(chunks, callback)
      return
    }
    const rest = chunks.slice(at + 1)
    const send = (): void =>
      this.#send((error) => {
        if (error || rest.length === 0) callback(error)
        else this.#take(rest, callback)
      })
    if (at === 0) send()
    else this.writeRaw(chunks.slice(0, at), (error) => (error ? callback(error) : send()))
  }

  #send(callback: WriteCallback): void {
    const upload = this.#pending as Http1Upload
    const reused = this.#requests > 0
    this.#pending = null
    this.#requests += 1
    this.#upload = upload
    this.#tunnel = false
    this.#responses.reset()
    upload.send(reused, callback)
  }

  #pass(chunk: string | Uint8Array, encoding: BufferEncoding, callback: WriteCallback): void {
    this.#writeCallback = callback
    this.#write.call(this.#socket, chunk, encoding, this.#done)
  }

  /**
   * Writes pieces unchanged, in one system call. When the peer has closed the connection, the callback
   * gets the error only after the wait for a response.
   */
  writeRaw(pieces: readonly Written[], callback: WriteCallback): void {
    const [only] = pieces
    if (pieces.length === 1 && only !== undefined) {
      this.#pass(only.chunk, only.encoding, callback)
      return
    }
    this.#writeCallback = callback
    // net.Socket passes buffers on without copying when this property is set.
    const vector = pieces as Written[] & { allBuffers?: boolean }
    vector.allBuffers = !pieces.some(({ chunk }) => typeof chunk === 'string')
    this.#writev.call(this.#socket, vector, this.#done)
  }

  readonly #done = (error?: Error | null): void => {
    const callback = this.#writeCallback as WriteCallback
    this.#writeCallback = null
    if (error) this.#failed(error, callback)
    else callback()
  }

  #failed(error: Error, callback: WriteCallback): void {
    if (!isClosedByPeer(error)) {
      callback(error)
      return
    }
    this.#upload?.ticket.onRescue(error)
    // Once the final response has begun, the end of reading closes the connection.
    if (!this.#responses.watching) return
    this.#earlyResponseWait = new Wait({ waited: () => callback(error) })
    this.#earlyResponseWait.start(this.#upload?.ticket.options.rescueTimeout ?? rescueTimeout)
  }

  #receive(chunk: Uint8Array | null, encoding?: BufferEncoding): boolean {
    if (!this.#responses.watching) {
      if (chunk === null || this.#pending === null) {
        return this.#push.call(this.#socket, chunk, encoding)
      }
      // undici would treat it as the response to a request that was not written yet.
      this.#socket.destroy(responseBeforeRequest())
      return false
    }
    if (chunk === null) {
      const rest = this.#responses.flush()
      if (rest.length > 0) this.#push.call(this.#socket, rest)
      return this.#push.call(this.#socket, null)
    }
    const upload = this.#upload
    upload?.expectation.firstByte()
    const { pass, heads, overflow } = this.#responses.take(chunk)
    if (overflow) {
      this.#socket.destroy(interimOverflow())
      return false
    }
    for (const head of heads) {
      if (head.type === 'interim') upload?.expectation.interim(head.status)
      else this.#final(head.status)
    }
    let more = true
    for (const bytes of pass) more = this.#push.call(this.#socket, bytes)
    upload?.expectation.releaseIfGranted()
    return more
  }

  /** Content was accepted, which restarts the limit of interim responses. */
  moved(): void {
    this.#responses.moved()
  }

  #final(status: number): void {
    this.#earlyResponseWait?.stop()
    this.#upload?.expectation.final(status)
    this.forget()
    if (this.#tunnel) this.#uninstall()
  }

  /** Drops a finished upload, so that an idle connection does not keep it in memory. */
  forget(): void {
    if (this.#upload?.expectation.complete && !this.#responses.watching) this.#upload = null
  }
}

function isClosedByPeer(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ECONNRESET' || error.code === 'ECONNABORTED'
}
