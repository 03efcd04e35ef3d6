import { channel } from 'node:diagnostics_channel'
import type { Duplex } from 'node:stream'
import { type Dispatcher, errors } from '#undici'
import { noProtocol } from '../connection/client.ts'
import type { Source } from '../connection/source.ts'
import type { Ticket, TicketedConnection } from '../connection/ticket.ts'
import { contentOf } from '../content/content.ts'
import { type InContext, type Part, UploadContent } from '../content/upload-content.ts'
import { UploadError } from '../errors.ts'
import { type Fields, type ResponseFields, withoutFields } from '../headers.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import { invitingFields } from '../protocol/resumable-upload.ts'
import { type AttemptHead, AttemptLog } from '../report/attempt-log.ts'
import {
  type DiagnosticsName,
  isHeard,
  publish,
  type UploadMessage,
} from '../report/diagnostics.ts'
import type { AskReason } from '../report/report.ts'
import type { WaitLimit } from '../routes/wait-limit.ts'
import { ContentBody } from './content-body.ts'
import { refuseLength, statedLength } from './content-length.ts'

type Controller = Dispatcher.DispatchController

/** undici publishes on it what it writes by itself, which content is not. */
const chunkSent = channel('undici:request:bodyChunkSent')

/** What an attempt tells the run that it belongs to. */
export interface AttemptOwner {
  /** Whether a request is still to ask, when its head is written. */
  stillAsks(isHttp2: boolean): boolean
  /** How long content is held back, when a head is written. */
  waitLimit(isHttp2: boolean): WaitLimit
  /** Runs a function in the caller's async context. */
  readonly inContext: InContext
  /** Whether the attempt still counts; one that was given up may have events to come. */
  isCurrent(attempt: Attempt): boolean
  started(controller: Controller, context: unknown): void
  left(attempt: Attempt): void
  /** No gate can hold the content back, which is sent all the same. */
  goesUnasked(reason: AskReason): void
  interim(attempt: Attempt, status: number): void
  released(attempt: Attempt, by: ReleasedBy): void
  /** Bytes of content are handed to the system. */
  writing(attempt: Attempt, chunks: readonly Uint8Array[]): void
  progressed(attempt: Attempt): void
  /** All of the content was accepted. */
  sent(attempt: Attempt): void
  /** The final response has begun; the rest of its head may be yet to come. */
  final(attempt: Attempt): void
  /** The content could not be read. */
  sourceFailed(error: unknown): void
  /** Something of the caller's threw. */
  callbackFailed(error: unknown): void
  bodySent(chunk: Uint8Array): void
  requestSent(): void
  responding(): void
  responded(attempt: Attempt, status: number, fields: ResponseFields, message?: string): void
  data(attempt: Attempt, chunk: Buffer): void
  /** The response is complete, and the content goes on without undici. */
  detached(): void
  ended(trailers: ResponseFields): void
  upgraded(status: number, fields: ResponseFields, socket: Duplex): void
  failed(attempt: Attempt, error: Error): void
}

/** What an attempt is to be. */
export interface AttemptOptions extends AttemptHead {
  /** Counted from 1. */
  readonly number: number
  readonly asks: boolean
  /** Why it is sent unasked where nothing can hold it back; `null` where that is an error. */
  readonly unaskedReason: AskReason | null
  readonly rescueTimeout: number
  /** The content that goes with it; `null` when none does. */
  readonly content: UploadContent | null
  /** The part of it that goes with a request to an upload resource; `undefined` for all of it. */
  readonly part: Part | undefined
  /** Whether interim responses may keep the content from being read. */
  readonly heedsInterim: boolean
  /** All of the content, where it is at hand and nothing has to hold it back. */
  readonly buffered: string | Buffer | null
  /** Whether HTTP/2 is left out because that is better for the content. */
  readonly prefersHttp1: boolean
  /** Whether the origin may speak nothing else. */
  readonly mayNeedHttp2: boolean
  /** Whether the caller stated the length of the content. */
  readonly lengthStated: boolean
  /** Whether an interceptor below that asks takes the request over. */
  readonly yields: boolean
}

/** One request head on one connection: undici's handler on one side, the connection's ticket on the other. */
export class Attempt implements Dispatcher.DispatchHandler, Ticket {
  readonly log: AttemptLog
  /** What is handed down as the body: interceptors below may read it, or put another in its place. */
  readonly body: unknown
  /** Whether a client whose connections have gates took the ticket. */
  gated = false
  /** Milliseconds that the client allows for the response's head. */
  headersTimeout = 0
  /** Whether a byte of a response came. */
  answered = false
  /** Whether all of its content was accepted. */
  complete: boolean
  /** Whether its wait is as long as the route was measured to need. */
  measured = false
  readonly #owner: AttemptOwner
  readonly #options: AttemptOptions
  #replaced: UploadContent | null = null
  #controller: Controller | null = null
  #connection: TicketedConnection | null = null
  #cancelConnect: (() => void) | null = null
  #handedBytes = 0
  #givenUp = false
  /** undici's, where somebody listens to its channels. */
  #request: object | null = null
  /** Whether the connection has seen an interim response that undici has not handed on yet. */
  #unheeded = false
  /** Whether the content may be read. */
  #flows = false
  #onFlow: (() => void) | null = null
  /** Those of a response that is complete, while the content is not. */
  #trailers: ResponseFields | null = null

  constructor(owner: AttemptOwner, options: AttemptOptions) {
    this.#owner = owner
    this.#options = options
    const { content, buffered } = options
    this.complete = content === null
    this.log = new AttemptLog(options)
    this.body = content === null ? null : (buffered ?? new ContentBody(this, content))
  }

  /** Whether undici has begun to write it. */
  get started(): boolean {
    return this.#controller !== null
  }

  /** Whether its connection speaks HTTP/2; `false` before it has one. */
  get isHttp2(): boolean {
    return this.#connection?.isHttp2 ?? false
  }

  get #current(): boolean {
    return this.#owner.isCurrent(this)
  }

  /** @throws UploadError when no gate will hold the content back, before anything is sent. */
  mustHaveGate(): void {
    if (!this.asksAtAll || this.gated) return
    const { unaskedReason } = this.#options
    if (unaskedReason !== null) {
      this.#owner.goesUnasked(unaskedReason)
      return
    }
    throw new UploadError(
      'ERR_EXPECT_NO_GATE',
      `${this.#options.url} was to be asked before the upload, but its connection has no gate; use ExpectAgent, give your agent { factory: gatedPool }, or set expect to 'never' (a MockAgent has no connections)`,
    )
  }

  async mayFlow(): Promise<void> {
    // The origin counts the bytes that it gets, and whoever reads this may change them.
    if (this.#options.part !== undefined) throw unreadable()
    // An interceptor that reads all of it before it dispatches would wait for ever.
    await null
    if (!this.gated || this.#flows) return
    await new Promise<void>((resolve) => {
      this.#onFlow = resolve
    })
  }

  #flow(): void {
    this.#flows = true
    this.#onFlow?.()
  }

  /** Whether it was to ask; whether it did is known when its head left. */
  get asksAtAll(): boolean {
    return this.#options.asks
  }

  /** Content that was handed to the connection, which has not taken it yet. */
  get isStalling(): boolean {
    return this.gated && this.log.phase === 'sending' && this.#handedBytes > this.log.sentBytes
  }

  /** Whether what the origin gets is the content, and all of that is seen here. */
  get isOwnContent(): boolean {
    return this.gated && this.#replaced === null
  }

  /** How far into the content bytes were handed to the system. */
  get reached(): number {
    const { start } = this.#options.part ?? { start: 0 }
    return start + Math.max(this.#handedBytes, this.log.sentBytes)
  }

  /** Bytes that the system has not taken yet. */
  get queuedBytes(): number {
    return this.#connection?.queuedBytes ?? 0
  }

  /**
   * Whether no content can have left, and no byte of a response came. Without a gate only a
   * connection that was never made, as behind a proxy that failed, is sure to have carried
   * nothing.
   */
  untouchedBy(error: NodeJS.ErrnoException): boolean {
    if (this.answered) return false
    if (error.code === 'ECONNREFUSED' || error.code === 'ERR_EXPECT_PROXY') return true
    if (!this.gated) return false
    return this.log.phase === 'connecting' || (!this.complete && this.#handedBytes === 0)
  }

  /**
   * Whether the origin seems to speak HTTP/2 alone, which was left out: the handshake failed for want of a
   * common protocol, or the origin chose none, and left without a word or was to get content unasked.
   */
  needsHttp2(error: NodeJS.ErrnoException): boolean {
    if (!this.#options.prefersHttp1) return false
    if (error === noProtocol) return true
    if (error.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL') return true
    const connection = this.#connection
    if (connection === null || connection.choseHttp1 || this.log.reusedConnection) return false
    return this.untouchedBy(error)
  }

  /** Publishes on a diagnostics channel. */
  publish(name: DiagnosticsName, details: Partial<UploadMessage> = {}): void {
    if (!isHeard(name)) return
    const { method, url, number } = this.#options
    publish(name, { method, url, attempt: number, ...details })
  }

  /** Keeps the response from coming in further. */
  hold(): void {
    this.#controller?.pause()
  }

  /** Lets the response come in again. */
  resume(): void {
    this.#controller?.resume()
  }

  /** Lets go of the connection; nothing that still comes from it counts. */
  giveUp(): void {
    if (this.#givenUp) return
    this.#givenUp = true
    if (this.#trailers !== null) this.#connection?.close()
    this.#connection?.stop()
    this.#replaced?.cancel()
    if (this.#controller === null) this.#cancelConnect?.()
    this.#controller?.abort(new errors.RequestAbortedError('The attempt was given up'))
  }

  // The connection's ticket --------------------------------------------------------------

  asks(isHttp2: boolean): boolean {
    return this.#options.asks && this.#owner.stillAsks(isHttp2)
  }

  /** What became known of the route since the head was written can only end the wait. */
  get continueTimeout(): number {
    return this.#owner.stillAsks(this.isHttp2) ? this.log.waitLimitMs : 0
  }

  get begun(): boolean {
    return this.#handedBytes > 0 || (this.complete && this.#connection !== null)
  }

  get mayNeedHttp2(): boolean {
    return this.#options.mayNeedHttp2
  }

  get yields(): boolean {
    return this.#options.yields
  }

  get invites(): boolean {
    return this.#options.heedsInterim
  }

  get lengthStated(): boolean {
    return this.#options.lengthStated
  }

  get rescueTimeout(): number {
    return this.#options.rescueTimeout
  }

  get atHand(): boolean {
    return this.#replaced === null && (this.#options.content?.atHand ?? true)
  }

  get length(): number | null {
    const { content, part } = this.#options
    return this.#replaced === null ? (content?.lengthOf(part) ?? null) : this.#replaced.length
  }

  onGated(headersTimeout: number, cancelConnect: () => void): void {
    this.gated = true
    this.headersTimeout = headersTimeout
    this.#cancelConnect = cancelConnect
  }

  onCreate(request: object): void {
    this.#request = request
  }

  replaceBody(body: unknown, headers: Fields): Fields {
    const { part, heedsInterim } = this.#options
    if (part !== undefined) throw unreadable()
    const content = contentOf(body ?? '')
    const stated = statedLength(headers)
    // The length that was put in for the content handed down is not the one of another body.
    const ours = stated === this.length && !this.lengthStated
    const length = ours ? content.length : (stated ?? content.length)
    refuseLength(content.length, length)
    this.#replaced = new UploadContent(content, {
      length,
      replayWindow: 0,
      canReuseBuffers: false,
      inContext: this.#owner.inContext,
    })
    // What the origin would count is not the content any more.
    const dropped = heedsInterim ? invitingFields : []
    return withoutFields(headers, ...dropped, ...(ours ? ['content-length'] : []))
  }

  open(): Source | Promise<Source> {
    if (!this.#unheeded || !this.#options.heedsInterim) return this.#open()
    // By then undici has read what came in with the go-ahead.
    return new Promise<void>((resolve) => {
      setImmediate(() => this.#current && resolve())
    }).then(() => this.#open())
  }

  #open(): Source | Promise<Source> {
    const { content, part } = this.#options
    return this.#replaced?.open() ?? (content as UploadContent).open(part)
  }

  onHead(connection: TicketedConnection, asked: boolean, reusedConnection: boolean): void {
    this.#connection = connection
    this.#handedBytes = 0
    if (!asked) this.#flow()
    this.#guard(() => {
      this.log.head(asked, reusedConnection, connection.isHttp2)
      if (asked) {
        const { milliseconds, measured } = this.#owner.waitLimit(connection.isHttp2)
        this.log.waitLimitMs = milliseconds
        this.measured = measured
        this.publish('ask')
      }
      this.#owner.left(this)
      this.#owner.progressed(this)
    })
  }

  onFirstByte(): void {
    this.answered = true
  }

  onInterim(status: number): void {
    if (status !== 100) this.#unheeded = true
    this.log.noteInterim(status)
    this.#guard(() => {
      this.publish('interim', { status })
      this.#owner.interim(this, status)
    })
  }

  onRelease(by: ReleasedBy): void {
    this.#flow()
    this.log.release(by)
    this.#guard(() => {
      this.publish('release', { by })
      if (by === 'timeout') this.publish('silent')
      this.#owner.released(this, by)
      this.#owner.progressed(this)
    })
  }

  onFinal(status: number, withheld: boolean): void {
    this.log.final(status, withheld)
    this.log.cutShort = this.gated && this.#flows && !this.complete
    this.#guard(() => {
      if (withheld && status >= 300) this.publish('refuse', { status })
      this.#owner.final(this)
      this.#owner.progressed(this)
    })
  }

  onWrite(chunks: readonly Uint8Array[], bytes: number): void {
    this.#handedBytes += bytes
    this.#guard(() => {
      this.#owner.writing(this, chunks)
      if (this.#request === null) return
      for (const chunk of chunks) chunkSent.publish({ request: this.#request, chunk })
    })
  }

  onContent(bytes: number): void {
    this.log.sentBytes += bytes
    this.#guard(() => this.#owner.progressed(this))
  }

  onDelivered(): void {
    this.complete = true
    this.log.delivered()
    this.#guard(() => {
      this.#owner.sent(this)
      if (this.#current) this.#owner.requestSent()
      this.#endLate()
    })
  }

  onClosed(): void {
    this.#guard(() => this.#endLate())
  }

  onSourceError(error: unknown): void {
    // undici believes that a request with a complete response is over.
    if (this.#trailers !== null) this.#connection?.close()
    if (this.#current) this.#owner.sourceFailed(error)
  }

  onRescue(error: NodeJS.ErrnoException): void {
    this.#guard(() => this.publish('rescue', error.code === undefined ? {} : { code: error.code }))
  }

  /** The connection is in the middle of a read or a write, and must get to the end of it. */
  #guard(tell: () => void): void {
    try {
      this.#owner.inContext(tell)
    } catch (error) {
      this.#owner.callbackFailed(error)
    }
  }

  // undici's handler -------------------------------------------------------------------

  onRequestStart(controller: Controller, context: unknown): void {
    this.#controller = controller
    if (this.#current) this.#owner.inContext(() => this.#owner.started(controller, context))
    else controller.abort(new errors.RequestAbortedError('The attempt was given up'))
  }

  onBodySent(chunk: Buffer): void {
    if (!this.#current) return
    // Without a gate, what undici hands to the connection is all that can be known.
    if (!this.gated) {
      this.log.contentFlows()
      this.onContent(chunk.length)
    }
    this.#owner.inContext(() => this.#owner.bodySent(chunk))
  }

  onRequestSent(): void {
    // With a gate undici has written the head alone.
    if (this.gated || !this.#current) return
    this.complete = true
    this.#owner.inContext(() => this.#owner.requestSent())
  }

  onResponseStarted(): void {
    this.answered = true
    if (this.#current) this.#owner.inContext(() => this.#owner.responding())
  }

  onResponseStart(
    _controller: Controller,
    status: number,
    fields: ResponseFields,
    message?: string,
  ): void {
    this.#unheeded = false
    if (!this.#current) return
    // undici reads versions that a gate does not; the status of those is 0 there.
    if (status >= 200 && !this.log.status) this.onFinal(status, this.log.withheld)
    this.#owner.inContext(() => this.#owner.responded(this, status, fields, message))
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#current) this.#owner.inContext(() => this.#owner.data(this, chunk))
  }

  onResponseEnd(_controller: Controller, trailers: ResponseFields): void {
    if (this.#connection?.responseEnded() && this.#current) {
      this.#trailers = trailers
      this.#owner.detached()
      return
    }
    this.#end(trailers)
  }

  #end(trailers: ResponseFields): void {
    this.log.cutShort = this.gated && !this.complete
    if (this.#current) this.#owner.inContext(() => this.#owner.ended(trailers))
  }

  /** Ends content that outlived its response; answers whether there was any. */
  cutLate(): boolean {
    if (this.#trailers === null) return false
    this.#connection?.close()
    this.#endLate()
    return true
  }

  /** The content has ended after the response. */
  #endLate(): void {
    const trailers = this.#trailers
    this.#trailers = null
    if (trailers !== null) this.#end(trailers)
  }

  onRequestUpgrade(
    _controller: Controller,
    status: number,
    fields: ResponseFields,
    socket: Duplex,
  ): void {
    if (!this.#current) return
    this.#owner.inContext(() => this.#owner.upgraded(status, fields, socket))
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#current) this.#owner.inContext(() => this.#owner.failed(this, error))
  }
}

function unreadable(): UploadError {
  return new UploadError(
    'ERR_EXPECT_NO_GATE',
    'An upload goes on through connections with gates alone, and with its own content; use ExpectAgent',
  )
}
