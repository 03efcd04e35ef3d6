import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { UploadError } from '../errors.ts'
import type { Line, NextRequest } from './line.ts'
import { StreamGate } from './stream-gate.ts'
import { cancelWhenClosed } from './stream-reset.ts'

const channel = 'http2.client.stream.created'

/** Where a socket says whose it is; a session shows its socket through a proxy only. */
const owner: unique symbol = Symbol('expect-continue.line')

interface OwnedSocket extends Socket {
  [owner]?: SessionGate
}

/**
 * Puts gates on the streams of an HTTP/2 connection that carry uploads. undici opens the
 * stream of a request in the same breath in which it tells the handler of the start, and
 * Node publishes the stream before undici has seen it.
 */
export class SessionGate implements Line {
  readonly #socket: OwnedSocket

  constructor(socket: Socket) {
    this.#socket = socket
    this.#socket[owner] = this
  }

  announce(next: NextRequest, controller: Parameters<Line['announce']>[1]): void {
    this.#onStream(
      (stream) => new StreamGate(stream, next).install(),
      () => controller.abort(noStream()),
    )
  }

  /** Sees to the end of the stream of the next request, whose content nothing holds back. */
  watch(): void {
    this.#onStream(cancelWhenClosed, () => {})
  }

  #onStream(found: (stream: ClientHttp2Stream) => void, missing: () => void): void {
    const onStream = (message: unknown): void => {
      const { stream } = message as { stream: ClientHttp2Stream }
      const socket: OwnedSocket | undefined = stream.session?.socket
      if (socket?.[owner] !== this) return
      unsubscribe(channel, onStream)
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
