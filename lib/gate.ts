import type { Socket } from 'node:net'
import { UploadError } from './errors.ts'
import type { RequestHead } from './head.ts'
import { InterimSplitter, interimLimit, type Split } from './interim.ts'
import { OutgoingSorter, type Sentence, type Written } from './outgoing.ts'
import { redeem, type Ticket } from './ticket.ts'
import { asking, type Event, next, type State, unasked } from './verdict.ts'
import { Wait } from './wait.ts'

type Callback = (error?: Error | null) => void

/** The state of a connection that carries no ticket: nothing is held back, nothing is cut. */
const idle: State = { at: 'sent' }

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
 *     > PUT /videos HTTP/1.1          a marked head leaves with the expectation,
 *     > expect: 100-continue          and the content behind it is held
 *     < HTTP/1.1 100 Continue         taken out; the content is let go
 *     < HTTP/1.1 413 ...              handed on; nothing more is written
 *
 * A write that fails with EPIPE or ECONNRESET is reported to the stream only after the
 * response that may have come before it was looked for, because a stream that hears of it
 * is destroyed at once, with that response unread.
 */
export function gate(socket: Socket, options: GateOptions): void {
  new Gate(socket, options).install()
}

class Gate {
  readonly #socket: Socket
  readonly #pipelined: boolean
  readonly #write: Socket['_write']
  readonly #writev: NonNullable<Socket['_writev']>
  readonly #push: Socket['push']
  readonly #sorter = new OutgoingSorter((head) => this.#begin(head))
  readonly #interim = new InterimSplitter()
  readonly #wait = new Wait()
  readonly #rescue = new Wait()
  #state: State = idle
  #ticket: Ticket | null = null
  #requests = 0
  #awaiting = false
  #answered = false
  #tunnel = false
  /** What stands behind the head of a request that asks, and whom to tell when it is written. */
  #held: { readonly pieces: Written[]; readonly callback: Callback } | null = null
  #callback: Callback | null = null
  #contentInFlight = 0

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
    this.#wait.stop()
    this.#rescue.stop()
    this.#held = null
  }

  get #shut(): boolean {
    return this.#state.at === 'withheld' || this.#state.at === 'cut'
  }

  // Outgoing ---------------------------------------------------------------------------

  /** A callback that is never called keeps the stream from writing, and its user from reading on. */
  #take(pieces: readonly Written[], callback: Callback): void {
    if (this.#shut) return
    const { now, later, contentBytes } = this.#sorter.sort(pieces)
    this.#contentInFlight = contentBytes
    if (later !== null) {
      this.#held = { pieces: later, callback }
      this.#forward(now, this.#headLeft)
      return
    }
    if (this.#sorter.complete) this.#apply({ type: 'sent' })
    if (now.length === 0) callback()
    else this.#forward(now, callback)
  }

  /** A request's head is written. */
  #begin(head: RequestHead): Sentence {
    const ticket = head.ticket === null ? null : redeem(head.ticket)
    const reused = this.#requests > 0
    this.#requests += 1
    this.#tunnel = head.content === 'tunnel'
    this.#ticket = ticket
    // RFC 9110, section 10.1.1: no expectation in a request that has no content.
    const asks = ticket?.asks === true && head.content !== 0 && !this.#tunnel
    if (ticket === null) this.#state = idle
    else this.#state = asks ? asking : unasked
    this.#awaiting = ticket !== null || this.#tunnel || !this.#pipelined
    this.#answered = false
    this.#interim.reset()
    ticket?.observer.onHead(asks, reused)
    if (ticket === null) return 'untouched'
    return asks ? 'ask' : 'unmark'
  }

  #forward(pieces: Written[], callback: Callback): void {
    this.#callback = callback
    const [only] = pieces
    if (pieces.length === 1 && only !== undefined) {
      this.#write.call(this.#socket, only.chunk, only.encoding, this.#written)
      return
    }
    // net.Socket looks for this property to pass the buffers on as they are.
    const allBuffers = pieces.every(({ chunk }) => typeof chunk !== 'string')
    this.#writev.call(this.#socket, Object.assign(pieces, { allBuffers }), this.#written)
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
    if (bytes > 0) this.#ticket?.observer.onContent(bytes)
    this.#forget()
    if (!this.#shut) callback()
  }

  readonly #headLeft = (error?: Error | null): void => {
    if (error) {
      this.#held?.callback(error)
      return
    }
    this.#apply({ type: 'left' })
    this.#settle()
  }

  #failed(error: Error, callback: Callback): void {
    if (!isPeerGone(error)) {
      callback(error)
      return
    }
    this.#ticket?.observer.onRescue(error)
    // Once the final response has begun, reading ends by itself, with or without a write.
    if (!this.#awaiting) return
    this.#rescue.start(this.#ticket?.rescueTimeout ?? rescueTimeout, () => callback(error))
  }

  // Incoming ---------------------------------------------------------------------------

  #receive(chunk: Uint8Array | null, encoding?: BufferEncoding): boolean {
    if (!this.#awaiting) return this.#push.call(this.#socket, chunk, encoding)
    if (chunk === null) {
      const rest = this.#interim.flush()
      this.#awaiting = false
      if (rest.length > 0) this.#push.call(this.#socket, rest)
      return this.#push.call(this.#socket, null)
    }
    if (!this.#answered) {
      this.#answered = true
      this.#ticket?.observer.onFirstByte()
    }
    const split = this.#interim.take(chunk)
    if (split.overflow) {
      this.#socket.destroy(overflow())
      return false
    }
    this.#judge(split)
    let more = true
    for (const bytes of split.pass) more = this.#push.call(this.#socket, bytes)
    this.#settle()
    return more
  }

  /** A 100 and a final response in one piece: the final one is known before content can go. */
  #judge(split: Split): void {
    for (const head of split.heads) {
      this.#apply(head)
      if (head.type === 'interim') this.#ticket?.observer.onInterim(head.status)
      else this.#final(head.status)
    }
  }

  #final(status: number): void {
    this.#awaiting = false
    this.#rescue.stop()
    this.#ticket?.observer.onFinal(status, this.#state.at === 'withheld')
    if (this.#tunnel) this.#uninstall()
    this.#forget()
  }

  /** An idle connection keeps nothing of the upload it carried alive. */
  #forget(): void {
    if (this.#state.at === 'sent' && !this.#awaiting && this.#callback === null) this.#ticket = null
  }

  // The expectation --------------------------------------------------------------------

  #apply(event: Event): void {
    const before = this.#state
    this.#state = next(before, event)
    if (this.#state === before) return
    if (before.at === 'waiting') this.#wait.stop()
    if (this.#state.at === 'waiting')
      this.#wait.start(this.#ticket?.continueTimeout ?? 0, this.#onTimeout)
    if (this.#state.at === 'withheld') this.#held = null
  }

  readonly #onTimeout = (): void => {
    this.#apply({ type: 'timeout' })
    this.#settle()
  }

  /** Lets the content go, if the last events came to that. */
  #settle(): void {
    if (this.#state.at !== 'ready' || this.#held === null) return
    const { pieces, callback } = this.#held
    this.#held = null
    this.#ticket?.observer.onRelease(this.#state.by)
    this.#apply({ type: 'flow' })
    this.#take(pieces, callback)
  }
}

function isPeerGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ECONNRESET' || error.code === 'ECONNABORTED'
}

function overflow(): UploadError {
  return new UploadError(
    'ERR_EXPECT_INTERIM_OVERFLOW',
    `The origin sent more than ${interimLimit} bytes of interim (1xx) responses to one request; the connection was closed`,
  )
}
