import type { Readable } from 'node:stream'
import { aborted, named, timedOut } from './aws-error.ts'
import { awsOptionNames, checkAwsOption, type ExpectHandlerOptions } from './aws-options.ts'
import { type AwsRequest, headersOf, originOf, pathOf } from './aws-request.ts'
import { Cancellation, type SignalLike } from './cancellation.ts'
import { nodeFields } from './response-fields.ts'
import { Sender } from './sender.ts'

export type { AwsLogger, ExpectHandlerOptions } from './aws-options.ts'
export type { AwsRequest } from './aws-request.ts'

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

/** The request handler that {@link expectHandler} makes. */
export class ExpectHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  readonly #sender: Sender
  readonly #config: ExpectHandlerOptions & Record<string | symbol, unknown>

  constructor(options: ExpectHandlerOptions) {
    this.#sender = new Sender(options, awsOptionNames)
    this.#config = { ...options }
    for (const name of awsOptionNames) this.#set(name, options[name])
  }

  /** Sends a request; rejects with an AbortError or a TimeoutError as the SDK's handler does. */
  async handle(
    request: AwsRequest,
    { abortSignal, requestTimeout = this.#config.requestTimeout ?? 0 }: AwsHandlerOptions = {},
  ): Promise<{ response: AwsResponse }> {
    const cancellation = new Cancellation()
    cancellation.follow(abortSignal, () => aborted(abortSignal))
    cancellation.after(requestTimeout, () => this.#late(requestTimeout))
    try {
      cancellation.signal.throwIfAborted()
      const { statusCode, statusText, headers, body } = await this.#sender.send({
        origin: originOf(request),
        path: pathOf(request),
        method: request.method,
        headers: headersOf(request),
        body: request.body,
        signal: cancellation.signal,
        silence: this.#config.socketTimeout,
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

  /** Changes an option, as the SDK does; `connectionTimeout` counts before the first request. */
  updateHttpClientConfig(key: string | symbol, value: unknown): void {
    // The SDK passes the client's logger like this, for handlers that have none.
    if (key === Symbol.for('logger')) this.#set('logger', this.#config.logger ?? value)
    else this.#set(key, value)
  }

  /** The options, for the SDK's extensions. */
  httpHandlerConfigs(): Record<string, unknown> {
    return this.#config
  }

  #set(key: string | symbol, value: unknown): void {
    const name = awsOptionNames.find((each) => each === key)
    if (name !== undefined) checkAwsOption(name, value)
    if (value === undefined) return
    if (name === 'connectionTimeout') this.#limitConnecting(Number(value))
    this.#config[key] = value
  }

  #limitConnecting(timeout: number): void {
    if (this.#config.dispatcher !== undefined) {
      throw new TypeError("Option 'connectionTimeout' is for the dispatcher: give it there")
    }
    this.#sender.agentOptions = { connect: { timeout } }
  }

  /** The answer has not come in time: fails the request, or warns and lets it go on. */
  #late(timeout: number): Error | null {
    const error = timedOut(timeout)
    const { throwOnRequestTimeout, logger = console } = this.#config
    if (throwOnRequestTimeout) return error
    logger.warn(`${error.message}; set throwOnRequestTimeout to have it fail`)
    return null
  }
}

function joined(headers: Parameters<typeof nodeFields>[0]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(nodeFields(headers)).map(([name, value]) => [name, String(value)]),
  )
}
