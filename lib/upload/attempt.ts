import type { Duplex } from 'node:stream'
import { type Dispatcher, errors } from 'undici/index.js'
import { cannotAsk, cannotResume, noProtocol } from '../connection/gate-errors.ts'
import type { Source } from '../connection/source.ts'
import { chunkSent, type Ticket, type TicketedConnection } from '../connection/ticket.ts'
import { contentOf } from '../content/kinds.ts'
import { UploadContent } from '../content/upload-content.ts'
import { type Fields, type ResponseFields, withoutFields } from '../headers.ts'
import type { ReleasedBy } from '../protocol/expectation.ts'
import { invitingFields } from '../protocol/resumable-upload.ts'
import { AttemptLog } from '../report/attempt-log.ts'
import {
  type DiagnosticsName,
  isHeard,
  publish,
  type UploadMessage,
} from '../report/diagnostics.ts'
import type { AttemptOptions } from './attempt-options.ts'
import { ContentBody } from './content-body.ts'
import { refuseLength, statedLength } from './content-length.ts'
import type { UploadRun } from './upload-run.ts'

type Controller = Dispatcher.DispatchController

/** One request on one connection: a handler for undici, and a ticket for the connection. */
export class Attempt implements Dispatcher.DispatchHandler, Ticket {
  readonly options: AttemptOptions
  readonly log: AttemptLog
  /** The body in the dispatch options. Interceptors below may read or replace it. */
  readonly body: unknown
  /** Whether a client whose connections have gates accepted the ticket. */
  gated = false
  /** The client's limit for the head of the response, in milliseconds. */
  headersTimeout = 0
  #hasFirstByte = false
  /** Whether all of its content was accepted. */
  complete: boolean
  hasMeasuredWait = false
  readonly #run: UploadRun
  #replaced: UploadContent | null = null
  #controller: Controller | null = null
  #connection: TicketedConnection | null = null
  #cancelConnect: (() => void) | null = null
  #writtenBytes = 0
  #aborted = false
  /** undici's request object; `null` when its channels have no subscribers. */
  #undiciRequest: object | null = null
  /** Whether an interim response was received that undici has not passed on yet. */
  #interimPending = false
  /** Whether content may be read. */
  #flows = false
  #onFlow: (() => void) | null = null
  /** The trailers of a response that was complete before the content. */
  #trailers: ResponseFields | null = null

  constructor(run: UploadRun, options: AttemptOptions) {
    this.#run = run
    this.options = options
    const { content, buffered } = options
    this.complete = content === null
    this.log = new AttemptLog(options)
    this.body = content === null ? null : (buffered ?? new ContentBody(this, content))
  }

  /** Whether undici has begun to write the request. */
  get started(): boolean {
    return this.#controller !== null
  }

  /** Whether its connection speaks HTTP/2; `false` before it has one. */
  get isHttp2(): boolean {
    return this.#connection?.isHttp2 ?? false
  }

  get #handler(): Dispatcher.DispatchHandler {
    return this.#run.uploadContext.handler
  }

  #inContext(call: () => void): void {
    this.#run.uploadContext.inContext(call)
  }

  get #isCurrent(): boolean {
    return this.#run.isCurrent(this)
  }

  /** @throws UploadError when no gate holds the content back. Called before anything is sent. */
  mustHaveGate(): void {
    if (!this.options.asks || this.gated) return
    const { unaskedReason, url } = this.options
    if (unaskedReason === null) throw cannotAsk(url)
    this.#run.uploadContext.log.reason = unaskedReason
  }

  /** Resolves when the content may be read; at once without a gate. */
  async mayFlow(): Promise<void> {
    // An interceptor that reads the body may change it, and then the origin's offsets do not match the content.
    if (this.options.part !== undefined) throw cannotResume()
    // After one turn `gated` is known. An interceptor that reads the whole body before it dispatches must not wait.
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

  get hasUnacceptedBytes(): boolean {
    return this.gated && this.log.phase === 'sending' && this.#writtenBytes > this.log.sentBytes
  }

  /** Whether the origin receives the original content, and all of it passes through the gate. */
  get isOwnContent(): boolean {
    return this.gated && this.#replaced === null
  }

  /** The offset up to which content was written. */
  get reached(): number {
    return this.log.offset + Math.max(this.#writtenBytes, this.log.sentBytes)
  }

  get queuedBytes(): number {
    return this.#connection?.queuedBytes ?? 0
  }

  /**
   * Whether certainly no content was sent, and no byte of a response was received. Without a gate,
   * this is certain only for a connection that was never made.
   */
  untouchedBy(error: NodeJS.ErrnoException): boolean {
    if (this.#hasFirstByte) return false
    if (error.code === 'ECONNREFUSED' || error.code === 'ERR_EXPECT_PROXY') return true
    if (!this.gated) return false
    return this.log.phase === 'connecting' || (!this.complete && this.#writtenBytes === 0)
  }

  /**
   * Whether the origin seems to speak only HTTP/2, which was not offered. Either the handshake failed
   * for lack of a common protocol, or the origin chose no protocol. In the second case the connection
   * ended without a response, or the content would be sent without the expectation.
   */
  needsHttp2(error: NodeJS.ErrnoException): boolean {
    if (!this.options.prefersHttp1) return false
    if (error === noProtocol) return true
    if (error.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL') return true
    const connection = this.#connection
    if (connection === null || connection.choseHttp1 || this.log.reusedConnection) return false
    return this.untouchedBy(error)
  }

  publish(name: DiagnosticsName, details: Partial<UploadMessage> = {}): void {
    if (!isHeard(name)) return
    const { method, url, number } = this.options
    publish(name, { method, url, attempt: number, ...details })
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  /** Aborts the attempt. Its later events are ignored. */
  abort(): void {
    if (this.#aborted) return
    this.#aborted = true
    if (this.#trailers !== null) this.#connection?.close()
    this.#connection?.stop()
    this.#replaced?.cancel()
    if (this.#controller === null) this.#cancelConnect?.()
    this.#controller?.abort(attemptAborted())
  }

  // Ticket, called by the connection.

  asks(isHttp2: boolean): boolean {
    return this.options.asks && this.#run.requestState.decide(isHttp2).asks
  }

  /** 0 when another request has shown meanwhile that the route does not answer expectations. */
  get continueTimeout(): number {
    return this.#run.requestState.decide(this.isHttp2).asks ? this.log.waitLimitMs : 0
  }

  get contentBegan(): boolean {
    return this.#writtenBytes > 0 || (this.complete && this.#connection !== null)
  }

  get callsOut(): boolean {
    return this.#replaced !== null || (this.options.content?.callsOut ?? false)
  }

  get length(): number | null {
    const { content, part } = this.options
    return this.#replaced === null ? (content?.lengthOf(part) ?? null) : this.#replaced.length
  }

  onGated(headersTimeout: number, cancelConnect: () => void): void {
    this.gated = true
    this.headersTimeout = headersTimeout
    this.#cancelConnect = cancelConnect
  }

  onCreate(request: object): void {
    this.#undiciRequest = request
  }

  replaceBody(body: unknown, headers: Fields): Fields {
    const { part, isResumable, lengthStated } = this.options
    if (part !== undefined) throw cannotResume()
    const content = contentOf(body ?? '')
    const stated = statedLength(headers)
    // A Content-Length that was added for the original content does not apply to another body.
    const ours = stated === this.length && !lengthStated
    const length = ours ? content.length : (stated ?? content.length)
    refuseLength(content.length, length)
    this.#replaced = new UploadContent(content, {
      length,
      replayWindow: 0,
      canReuseBuffers: false,
      inContext: this.#run.uploadContext.inContext,
    })
    // The origin's offsets would not match the original content, so the upload cannot be resumed.
    const dropped = isResumable ? invitingFields : []
    return withoutFields(headers, ...dropped, ...(ours ? ['content-length'] : []))
  }

  open(): Source | Promise<Source> {
    if (!this.#interimPending || !this.options.isResumable) return this.#open()
    // In the next turn undici has passed on the interim responses that arrived together with the 100.
    return new Promise<void>((resolve) => {
      setImmediate(() => this.#isCurrent && resolve())
    }).then(() => this.#open())
  }

  #open(): Source | Promise<Source> {
    const { content, part } = this.options
    return this.#replaced?.open() ?? (content as UploadContent).open(part)
  }

  onHead(connection: TicketedConnection, asked: boolean, reusedConnection: boolean): void {
    this.#connection = connection
    this.#writtenBytes = 0
    if (!asked) this.#flow()
    this.#guard(() => {
      this.log.head(asked, reusedConnection, connection.isHttp2)
      if (asked) {
        const { milliseconds, measured } = this.#run.requestState.waitLimit(connection.isHttp2)
        this.log.waitLimitMs = milliseconds
        this.hasMeasuredWait = measured
        this.publish('ask')
      }
      this.#run.headWritten(this)
      this.#run.progressed(this)
    })
  }

  onFirstByte(): void {
    this.#hasFirstByte = true
  }

  onInterim(status: number): void {
    if (status !== 100) this.#interimPending = true
    this.log.noteInterim(status)
    this.#guard(() => {
      this.publish('interim', { status })
      this.#run.interim(this, status)
    })
  }

  onRelease(by: ReleasedBy): void {
    this.#flow()
    this.log.release(by)
    this.#guard(() => {
      this.publish('release', { by })
      if (by === 'timeout') this.publish('silent')
      this.#run.released(this, by)
      this.#run.progressed(this)
    })
  }

  onFinal(status: number, withheld: boolean): void {
    this.log.final(status, withheld)
    this.log.cutShort = this.gated && this.#flows && !this.complete
    this.#guard(() => {
      if (withheld && status >= 300) this.publish('refuse', { status })
      this.#run.awaitHead(this)
      this.#run.progressed(this)
    })
  }

  onWrite(chunks: readonly Uint8Array[], bytes: number): void {
    this.#writtenBytes += bytes
    this.#guard(() => {
      this.#run.writing(this, chunks)
      if (this.#undiciRequest === null) return
      for (const chunk of chunks) chunkSent.publish({ request: this.#undiciRequest, chunk })
    })
  }

  onContent(bytes: number): void {
    this.log.sentBytes += bytes
    this.#guard(() => this.#run.progressed(this))
  }

  onDelivered(): void {
    this.complete = true
    this.log.delivered()
    this.#guard(() => {
      if (this.log.status === null) this.#run.awaitHead(this)
      if (this.#isCurrent) this.#handler.onRequestSent?.()
      this.#endResponse()
    })
  }

  onClosed(): void {
    this.#guard(() => this.#endResponse())
  }

  onSourceError(error: unknown): void {
    // For undici the request ended with its response, so an abort has no effect.
    if (this.#trailers !== null) this.#connection?.close()
    if (this.#isCurrent) this.#run.sourceFailed(error)
  }

  onRescue(error: NodeJS.ErrnoException): void {
    this.#guard(() => this.publish('rescue', error.code === undefined ? {} : { code: error.code }))
  }

  /** Catches errors of callbacks, because the connection must finish its current read or write. */
  #guard(call: () => void): void {
    try {
      this.#inContext(call)
    } catch (error) {
      this.#run.callbackFailed(error)
    }
  }

  // Handler, called by undici.

  onRequestStart(controller: Controller, context: unknown): void {
    this.#controller = controller
    if (this.#isCurrent) this.#inContext(() => this.#run.started(controller, context))
    else controller.abort(attemptAborted())
  }

  onBodySent(chunk: Buffer): void {
    if (!this.#isCurrent) return
    // Without a gate, the progress is what undici writes.
    if (!this.gated) {
      this.log.contentFlows()
      this.onContent(chunk.length)
    }
    this.#inContext(() => this.#handler.onBodySent?.(chunk))
  }

  onRequestSent(): void {
    // With a gate, undici has written only the head.
    if (this.gated || !this.#isCurrent) return
    this.complete = true
    this.#inContext(() => this.#handler.onRequestSent?.())
  }

  onResponseStarted(): void {
    this.#hasFirstByte = true
    if (this.#isCurrent) this.#inContext(() => this.#handler.onResponseStarted?.())
  }

  onResponseStart(
    _controller: Controller,
    status: number,
    fields: ResponseFields,
    message?: string,
  ): void {
    this.#interimPending = false
    if (!this.#isCurrent) return
    // undici parses HTTP versions that the gate does not, for which the gate reports status 0.
    if (status >= 200 && !this.log.status) this.onFinal(status, this.log.withheld)
    this.#inContext(() => this.#run.responded(this, status, fields, message))
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#isCurrent) this.#inContext(() => this.#run.data(this, chunk))
  }

  onResponseEnd(_controller: Controller, trailers: ResponseFields): void {
    if (this.#connection?.responseEnded() && this.#isCurrent) {
      this.#trailers = trailers
      // undici no longer controls the request, whose content is still sent.
      this.#run.controller.target = null
      return
    }
    this.#end(trailers)
  }

  #end(trailers: ResponseFields): void {
    this.log.cutShort = this.gated && !this.complete
    if (this.#isCurrent) this.#inContext(() => this.#run.ended(trailers))
  }

  /** Stops content that is still sent after the response; returns whether there was any. */
  stopAfterResponse(): boolean {
    if (this.#trailers === null) return false
    this.#connection?.close()
    this.#endResponse()
    return true
  }

  /** Ends the response after content that was sent longer than it. */
  #endResponse(): void {
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
    if (!this.#isCurrent) return
    this.#inContext(() => this.#run.upgraded(status, fields, socket))
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#isCurrent) this.#inContext(() => this.#run.failed(this, error))
  }
}

function attemptAborted(): Error {
  return new errors.RequestAbortedError('The attempt was given up')
}
