import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { UploadError } from '../errors.ts'
import { closeCleanly, Http2Upload } from './http2-upload.ts'
import type { Ticket } from './ticket.ts'
import type { UploadBody } from './upload-body.ts'

const channel = 'http2.client.stream.created'

/** Where a socket says whose it is; a session shows its socket through a proxy only. */
const owner: unique symbol = Symbol('expect-continue.gate')

interface OwnedSocket extends Socket {
  [owner]?: Http2Gate
}

/**
 * The gate on an HTTP/2 connection: one for each stream that carries an upload. undici opens the
 * stream of a request in the same turn in which it tells the handler of the start, and node
 * publishes the stream before undici has seen it.
 */
export class Http2Gate {
  readonly isHttp2 = true
  readonly #socket: OwnedSocket
  #session: ClientHttp2Session | null = null
  /** Uploads whose response has begun. */
  #responding = 0
  /** Called at the ack of the PING that is under way. */
  #awaiting: (() => void)[] = []
  /** Called at the ack of the PING after that. */
  #next: (() => void)[] = []

  constructor(socket: Socket) {
    this.#socket = socket
    this.#socket[owner] = this
    socket.once('end', this.#onEnd)
  }

  /** A response has begun, and is not complete. */
  onResponse(stream: ClientHttp2Stream): void {
    this.#responding += 1
    stream.once('close', () => {
      this.#responding -= 1
    })
  }

  /**
   * undici destroys a connection that the origin has ended in this very turn. Node may have some of a
   * response yet to look at that came before the end, because a write was under way.
   */
  readonly #onEnd = (): void => {
    if (this.#responding === 0) return
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

  /** One PING is under way at a time, however many uploads wait. */
  afterAck(callback: () => void): void {
    this.#next.push(callback)
    if (this.#awaiting.length === 0) this.#ping()
  }

  #ping(): void {
    const session = this.#session
    if (this.#next.length === 0 || session === null || session.destroyed) return
    this.#awaiting = this.#next
    this.#next = []
    const onAck = (error: Error | null): void => {
      const acknowledged = this.#awaiting
      this.#awaiting = []
      if (error !== null) return
      for (const callback of acknowledged) callback()
      this.#ping()
    }
    // After a GOAWAY node sends no PING. SETTINGS are acknowledged in the same order (RFC 9113, section 6.5.3).
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
      // Where the connection ended in the meantime, the request is started again on another.
      if (unsubscribe(channel, onStream) && !this.#socket.destroyed) missing()
    })
  }
}

function noStream(): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    `The HTTP/2 stream of the upload was not found (node's ${channel} did not tell of it); set allowH2 to false on the agent`,
  )
}
