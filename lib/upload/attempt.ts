import type { Duplex } from 'node:stream'
import { type Dispatcher, errors } from 'undici'
import { Delivery, type DeliveryOwner } from '../connection/delivery.ts'
import { UploadError } from '../errors.ts'
import type { ReleasedBy } from '../protocol/verdict.ts'
import { type AttemptHead, AttemptLog } from '../report/attempt-log.ts'
import {
  type DiagnosticsName,
  isHeard,
  publish,
  type UploadMessage,
} from '../report/diagnostics.ts'
import type { WaitLimit } from '../routes/wait-limit.ts'
import { AttemptTicket, type TicketOwner } from './attempt-ticket.ts'

type Controller = Dispatcher.DispatchController

/**
 * Bytes of content from which on the buffers between here and the origin may still hold some
 * of it when the response is over.
 */
const underWay = 65_536

/** A response's header fields, as undici's handlers get them. */
export type ResponseFields = Record<string, string | string[] | undefined>

/** What an attempt tells the one who runs it. */
export interface AttemptOwner {
  /** Whether a request is still to ask, when its head is written. */
  readonly stillAsks: boolean
  /** How long content is held back, when a head is written. */
  readonly waitLimit: WaitLimit
  /** Whether the attempt still counts; one that was given up may have events to come. */
  isCurrent(attempt: Attempt): boolean
  started(controller: Controller, context: unknown): void
  left(attempt: Attempt): void
  interim(attempt: Attempt, status: number): void
  released(attempt: Attempt, by: ReleasedBy): void
  progressed(attempt: Attempt): void
  /** All of the content was accepted. */
  sent(attempt: Attempt): void
  /** The final response has begun; the rest of its head may be yet to come. */
  final(attempt: Attempt): void
  bodySent(chunk: Buffer): void
  requestSent(): void
  responding(): void
  responded(attempt: Attempt, status: number, fields: ResponseFields, message?: string): void
  data(chunk: Buffer): void
  ended(trailers: ResponseFields): void
  upgraded(status: number, fields: ResponseFields, socket: Duplex): void
  failed(attempt: Attempt, error: Error): void
}

/** What an attempt is to be. */
export interface AttemptOptions extends AttemptHead {
  /** Counted from 1. */
  readonly number: number
  readonly asks: boolean
  /** Whether its content has no byte, so that its head is all of it. */
  readonly isEmpty: boolean
  readonly rescueTimeout: number
}

/** One request head on one connection: undici's handler on one side, the gate's observer on the other. */
export class Attempt implements Dispatcher.DispatchHandler, TicketOwner, DeliveryOwner {
  readonly log: AttemptLog
  readonly ticket: AttemptTicket
  readonly delivery: Delivery
  /** Whether a byte of a response came. */
  answered = false
  /** Whether its wait is as long as the route was measured to need. */
  measured = false
  readonly #owner: AttemptOwner
  readonly #options: AttemptOptions
  #controller: Controller | null = null
  /** Whether undici said that all was sent, before it was. */
  #heldSent = false

  constructor(owner: AttemptOwner, options: AttemptOptions) {
    this.#owner = owner
    this.#options = options
    this.log = new AttemptLog(options)
    this.delivery = new Delivery(this.log, this)
    this.ticket = new AttemptTicket(this, options.rescueTimeout)
  }

  // Its ticket's owner -----------------------------------------------------------------

  get stillAsks(): boolean {
    return this.asks && this.#owner.stillAsks
  }

  get waitLimitMs(): number {
    return this.log.waitLimitMs
  }

  /** Whether it was to ask; whether it did is known when its head left. */
  get asks(): boolean {
    return this.#options.asks
  }

  /** Whether a client whose connections have gates took its ticket. */
  get hasGate(): boolean {
    return this.ticket.taken
  }

  get #current(): boolean {
    return this.#owner.isCurrent(this)
  }

  /** @throws UploadError when no gate will hold the content back, before anything is sent. */
  mustHaveGate(): void {
    if (!this.asks || this.hasGate) return
    throw new UploadError(
      'ERR_EXPECT_NO_GATE',
      `${this.#options.url} was to be asked before the upload, but its connection has no gate; use ExpectAgent, give your agent { factory: gatedPool }, or set expect to 'never' (a MockAgent has no connections)`,
    )
  }

  inOnePiece(body: unknown): string | Buffer | null {
    return this.delivery.takeWhole(body)
  }

  /**
   * Waits until the connection has accepted this much content. undici takes a request whose
   * content has ended for sent, and its connection for reusable; it must not be told so
   * while a refusal can still keep the last of the content back.
   */
  accepted(bytes: number): Promise<void> {
    return this.delivery.accepted(bytes, this.ticket.taken)
  }

  delivered(): void {
    this.#owner.sent(this)
    // Of content in one piece undici said so when it handed it to the gate.
    if (this.#heldSent) this.#tellSent()
  }

  /** Bytes of content that the connection has taken for good, as far as a gate can tell. */
  get takenBytes(): number {
    return this.ticket.taken ? this.log.sentBytes : 0
  }

  /** Whether all of its content was accepted. */
  get complete(): boolean {
    return this.delivery.complete
  }

  /** Content that a gate let through, and that its connection has not taken yet. */
  get isStalling(): boolean {
    return this.ticket.taken && this.log.phase === 'sending' && this.delivery.isStalling
  }

  /** Publishes on a diagnostics channel. */
  publish(name: DiagnosticsName, details: Partial<UploadMessage> = {}): void {
    if (!isHeard(name)) return
    const { method, url, number } = this.#options
    publish(name, { method, url, attempt: number, ...details })
  }

  /**
   * Whether no content can have left, and no byte of a response came. Without a gate only a
   * connection that was never made, as behind a proxy that failed, is sure to have carried
   * nothing.
   */
  untouchedBy(error: NodeJS.ErrnoException): boolean {
    if (this.answered) return false
    if (error.code === 'ECONNREFUSED' || error.code === 'ERR_EXPECT_PROXY') return true
    if (!this.ticket.taken) return false
    const { phase, asked, releasedBy } = this.log
    return phase === 'connecting' || (asked && releasedBy === null && !this.complete)
  }

  /** Keeps the response from coming in further, until it is decided who is to get it. */
  hold(): void {
    this.#controller?.pause()
  }

  /** Lets the response come in again. */
  resume(): void {
    this.#controller?.resume()
  }

  /** Lets go of the connection; nothing that still comes from it counts. */
  giveUp(): void {
    this.#controller?.abort(new errors.RequestAbortedError('The attempt was given up'))
  }

  // The gate's observer ----------------------------------------------------------------

  onHead(asked: boolean, reusedConnection: boolean): void {
    this.log.head(asked, reusedConnection)
    if (asked) this.#asked()
    this.#owner.left(this)
    this.#owner.progressed(this)
    if (this.#options.isEmpty) this.delivery.end()
  }

  #asked(): void {
    const { milliseconds, measured } = this.#owner.waitLimit
    this.log.waitLimitMs = milliseconds
    this.measured = measured
    this.publish('ask')
  }

  onFirstByte(): void {
    this.answered = true
  }

  onInterim(status: number): void {
    this.log.noteInterim(status)
    this.publish('interim', { status })
    this.#owner.interim(this, status)
  }

  onRelease(by: ReleasedBy): void {
    this.log.release(by)
    this.publish('release', { by })
    if (by === 'timeout') this.publish('silent')
    this.#owner.released(this, by)
    this.#owner.progressed(this)
  }

  onFinal(status: number, withheld: boolean): void {
    this.log.final(status, withheld)
    if (withheld && status >= 300) this.publish('refuse', { status })
    this.#owner.final(this)
    this.#owner.progressed(this)
  }

  onContent(bytes: number): void {
    this.delivery.accept(bytes)
    this.#owner.progressed(this)
  }

  onRescue(error: NodeJS.ErrnoException): void {
    this.publish('rescue', error.code === undefined ? {} : { code: error.code })
  }

  // undici's handler -------------------------------------------------------------------

  onRequestStart(controller: Controller, context: unknown): void {
    this.#controller = controller
    if (this.#current) this.#owner.started(controller, context)
    else this.giveUp()
  }

  onBodySent(chunk: Buffer): void {
    if (!this.#current) return
    // Without a gate, what undici hands to the connection is all that can be known.
    if (!this.ticket.taken) this.#unwatched(chunk.length)
    this.#owner.bodySent(chunk)
  }

  #unwatched(bytes: number): void {
    this.log.contentFlows()
    this.onContent(bytes)
  }

  onRequestSent(): void {
    if (this.delivery.pending) this.#heldSent = true
    else this.#tellSent()
  }

  #tellSent(): void {
    this.#heldSent = false
    if (this.#current) this.#owner.requestSent()
  }

  onResponseStarted(): void {
    this.answered = true
    if (this.#current) this.#owner.responding()
  }

  onResponseStart(
    _controller: Controller,
    status: number,
    fields: ResponseFields,
    message?: string,
  ): void {
    if (!this.#current) return
    // undici reads versions that a gate does not; the status of those is 0 there.
    if (status >= 200 && !this.log.status) this.onFinal(status, this.log.withheld)
    this.#owner.responded(this, status, fields, message)
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#current) this.#owner.data(chunk)
  }

  onResponseEnd(_controller: Controller, trailers: ResponseFields): void {
    // An origin that refuses may never read what it was sent, and keep the connection all the
    // same (RFC 9112, section 9.3): whatever follows there would wait behind it for ever.
    const { status, sentBytes } = this.log
    const cutShort = this.ticket.taken && !this.complete
    // undici takes content that it handed over in one piece for sent.
    if (cutShort || (status !== null && status >= 300 && sentBytes >= underWay))
      this.ticket.connection?.retire()
    if (!this.#current) return
    this.log.cutShort = cutShort
    this.#owner.ended(trailers)
  }

  onRequestUpgrade(
    _controller: Controller,
    status: number,
    fields: ResponseFields,
    socket: Duplex,
  ): void {
    if (this.#current) this.#owner.upgraded(status, fields, socket)
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#current) this.#owner.failed(this, error)
  }
}
