import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { UploadError } from '../errors.ts'
import { closeCleanly, Http2Upload } from './http2-upload.ts'
import type { Ticket } from './ticket.ts'
import type { UploadBody } from './upload-body.ts'

const channel = 'http2.client.stream.created'

/** Marks a socket with its gate. A session exposes its socket only through a JavaScript Proxy. */
const owner: unique symbol = Symbol('expect-continue.gate')

interface OwnedSocket extends Socket {
  [owner]?: Http2Gate
}

/**
 * The gate on an HTTP/2 connection, which makes an {@link Http2Upload} for each stream of an upload.
 * undici opens the stream in the same turn in which it calls onRequestStart, and node publishes the
 * stream on a diagnostics channel before it returns it to undici.
 */
export class Http2Gate {
  readonly isHttp2 = true
  readonly #socket: OwnedSocket
  #session: ClientHttp2Session | null = null
  #respondingStreams = 0
  #onAck: (() => void)[] = []
  #onNextAck: (() => void)[] = []

  constructor(socket: Socket) {
    this.#socket = socket
    this.#socket[owner] = this
    socket.once('end', this.#onEnd)
  }

  /** A response has begun. It counts until its stream closes. */
  onResponse(stream: ClientHttp2Stream): void {
    this.#respondingStreams += 1
    stream.once('close', () => {
      this.#respondingStreams -= 1
    })
  }

  /**
   * undici destroys a connection in the turn in which the origin ends it. When a write is pending,
   * node may not have parsed all of a response that came before the end. So the destroy is delayed.
   */
  readonly #onEnd = (): void => {
    if (this.#respondingStreams === 0) return
    const socket = this.#socket
    const { destroy } = socket
    socket.destroy = (error) => {
      socket.destroy = destroy
      setImmediate(() => destroy.call(socket, error))
      return socket
    }
  }

  /** undici opens the stream of this upload next. */
  announce(
    ticket: Ticket,
    body: UploadBody,
    asks: boolean,
    controller: Pick<Dispatcher.DispatchController, 'abort'>,
  ): void {
    this.#onStream(
      (stream) => new Http2Upload(stream, this, ticket, body, asks).install(),
      () => controller.abort(noStream()),
    )
  }

  /** undici opens the stream of another request next. */
  announceOther({ body }: Dispatcher.DispatchOptions): void {
    if (body !== null && body !== undefined) this.#onStream(closeCleanly, () => {})
  }

  /**
   * Calls back when the origin has acknowledged a PING that is sent after this call. Only one PING is
   * sent at a time, however many uploads wait.
   */
  afterAck(callback: () => void): void {
    this.#onNextAck.push(callback)
    if (this.#onAck.length === 0) this.#ping()
  }

  #ping(): void {
    const session = this.#session
    if (this.#onNextAck.length === 0 || session === null || session.destroyed) return
    this.#onAck = this.#onNextAck
    this.#onNextAck = []
    const onAck = (error: Error | null): void => {
      const acknowledged = this.#onAck
      this.#onAck = []
      if (error !== null) return
      for (const callback of acknowledged) callback()
      this.#ping()
    }
    // After a GOAWAY node sends no PING, but SETTINGS, which are also acknowledged (RFC 9113, section 6.5.3).
    if (session.closed) session.settings({}, onAck)
    else session.ping(onAck)
  }

  #onStream(found: (stream: ClientHttp2Stream) => void, missing: () => void): void {
    const onStream = (message: unknown): void => {
      const { stream } = message as { stream: ClientHttp2Stream }
      const socket: OwnedSocket | undefined = stream.session?.socket
      if (socket?.[owner] !== this) return
      unsubscribe(channel, onStream)
      this.#session = (stream.session ?? null) as ClientHttp2Session | null
      found(stream)
    }
    subscribe(channel, onStream)
    queueMicrotask(() => {
      // When the connection ended meanwhile, undici starts the request again on another one.
      if (unsubscribe(channel, onStream) && !this.#socket.destroyed) missing()
    })
  }
}

function noStream(): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    `The HTTP/2 stream of the upload was not found (node did not publish it on the diagnostics channel ${channel}); set allowH2 to false on the agent`,
  )
}
