import type { Readable } from 'node:stream'
import { type AwsRequest, headersOf, originOf, pathOf } from './aws-request.ts'
import { abortError, Cancellation, type SignalLike } from './cancellation.ts'
import { type AdapterOptions, Sender } from './sender.ts'

export type { AwsRequest } from './aws-request.ts'

/** What `expectHandler` takes. */
export interface ExpectHandlerOptions extends AdapterOptions {
  /** Milliseconds until the head of the response must have come; 0 for no limit. @default 0 */
  requestTimeout?: number
  /** Milliseconds until a connection must have been made. @default undici's 10 seconds */
  connectionTimeout?: number
}

/** A response for the AWS SDK. */
export interface AwsResponse {
  readonly statusCode: number
  readonly reason?: string
  readonly headers: Record<string, string>
  readonly body: Readable
}

/** What the AWS SDK passes with a request. */
export interface AwsHandlerOptions {
  abortSignal?: SignalLike
  requestTimeout?: number
}

/**
 * A request handler for the clients of the AWS SDK, version 3.
 *
 * ```ts
 * const client = new S3Client({ requestHandler: expectHandler() })
 * ```
 *
 * The SDK's own `Expect: 100-continue` means `expect: 'always'`; set `expectContinueHeader`
 * on the client to have none. A redirect is handed over, as by the SDK's own handler.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function expectHandler(options: ExpectHandlerOptions = {}): ExpectHandler {
  return new ExpectHandler(options)
}

const timeoutNames = ['requestTimeout', 'connectionTimeout'] as const

/** The request handler that {@link expectHandler} makes. */
export class ExpectHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  readonly #sender: Sender
  readonly #config: Record<string | symbol, unknown>

  constructor(options: ExpectHandlerOptions) {
    this.#sender = new Sender(options, timeoutNames)
    this.#config = { ...options }
    for (const name of timeoutNames) checkTimeout(name, options[name])
    const { dispatcher, connectionTimeout } = options
    if (connectionTimeout === undefined) return
    if (dispatcher !== undefined) {
      throw new TypeError("Option 'connectionTimeout' is for the dispatcher: give it there")
    }
    this.#sender.agentOptions = { connect: { timeout: connectionTimeout } }
  }

  /** Sends a request; rejects with an AbortError or a TimeoutError as the SDK's handler does. */
  async handle(
    request: AwsRequest,
    { abortSignal, requestTimeout }: AwsHandlerOptions = {},
  ): Promise<{ response: AwsResponse }> {
    const cancellation = new Cancellation()
    cancellation.follow(abortSignal, () => aborted(abortSignal))
    const timeout = requestTimeout ?? (this.#config.requestTimeout as number | undefined)
    cancellation.after(timeout, () => timedOut(timeout))
    try {
      cancellation.signal.throwIfAborted()
      const { statusCode, statusText, headers, body } = await this.#sender.send({
        origin: originOf(request),
        path: pathOf(request),
        method: request.method,
        headers: headersOf(request),
        body: request.body,
        signal: cancellation.signal,
      })
      cancellation.stopTimer()
      body.once('close', () => cancellation.done())
      return { response: { statusCode, reason: statusText, headers: joined(headers), body } }
    } catch (error) {
      cancellation.done()
      throw named(error)
    }
  }

  /** Closes the connections; a dispatcher that was passed is left to its owner. */
  destroy(): void {
    this.#sender.destroy()
  }

  /** Changes an option, as the SDK's extensions do; `requestTimeout` is the one that counts. */
  updateHttpClientConfig(key: string | symbol, value: unknown): void {
    if (key === 'requestTimeout') checkTimeout(key, value)
    this.#config[key] = value
  }

  /** The options, for the SDK's extensions. */
  httpHandlerConfigs(): Record<string, unknown> {
    return this.#config
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [name, String(value)]),
  )
}

function checkTimeout(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return
  throw new TypeError(`Option '${name}' must be milliseconds, 0 or more, not ${String(value)}`)
}

function aborted(signal: SignalLike | undefined): Error {
  const reason = signal?.reason
  if (reason instanceof Error || !reason) return abortError('Request aborted', reason)
  return abortError(String(reason))
}

function timedOut(timeout: number | undefined): Error {
  const error = new Error(`The request has exceeded the requestTimeout of ${timeout} ms`)
  return Object.assign(error, { name: 'TimeoutError', code: 'ETIMEDOUT' })
}

const timeoutCodes = [
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]

/** The SDK tries again what is named so. */
function named(error: unknown): unknown {
  const { code = '' } = error as { code?: string }
  return timeoutCodes.includes(code)
    ? Object.assign(error as Error, { name: 'TimeoutError' })
    : error
}
