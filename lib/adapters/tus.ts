import '../runtime/legacy-dispatcher.ts'
import type { Dispatcher } from 'undici'
import { basicAuthorization } from '../recovery/authentication/basic.ts'
import { type NodeFields, nodeFields } from './response-fields.ts'
import { type AdapterOptions, Sender } from './sender.ts'

/**
 * An HTTP stack for tus-js-client.
 *
 * ```ts
 * new Upload(file, { endpoint, httpStack: expectHttpStack() }).start()
 * ```
 *
 * Redirects are left to the client, as in its own stack for Node.js.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function expectHttpStack(options: AdapterOptions = {}): ExpectHttpStack {
  return new ExpectHttpStack(options)
}

export class ExpectHttpStack {
  readonly #sender: Sender

  constructor(options: AdapterOptions) {
    this.#sender = new Sender(options)
  }

  createRequest(method: string, url: string): TusRequest {
    return new TusRequest(this.#sender, method, url)
  }

  getName(): string {
    return 'ExpectHttpStack'
  }

  /** Closes the connections of the stack's own agent; a dispatcher that was passed stays open. */
  destroy(): void {
    this.#sender.destroy()
  }

  /** The same, after running requests have ended, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#sender.close()
  }
}

/** One request of tus-js-client. */
export class TusRequest {
  readonly #sender: Sender
  readonly #method: string
  readonly #url: string
  readonly #headers: Record<string, string> = {}
  readonly #controller = new AbortController()
  #onProgress: (bytesSent: number) => void = () => {}

  constructor(sender: Sender, method: string, url: string) {
    this.#sender = sender
    this.#method = method
    this.#url = url
  }

  getMethod(): string {
    return this.#method
  }

  getURL(): string {
    return this.#url
  }

  setHeader(header: string, value: string): void {
    this.#headers[header] = value
  }

  getHeader(header: string): string | undefined {
    return this.#headers[header]
  }

  /** Called with the bytes of content that the connection accepted; fewer again after a 417. */
  setProgressHandler(handler: (bytesSent: number) => void): void {
    this.#onProgress = handler
  }

  async send(body: unknown = null): Promise<TusResponse> {
    const url = new URL(this.#url)
    const { origin, pathname, search } = url
    const response = await this.#sender.send({
      origin,
      path: pathname + search,
      method: this.#method,
      headers: { ...this.#fieldsFor(url), ...lengthOf(body) },
      body,
      signal: this.#controller.signal,
      onSent: (bytes) => this.#onProgress(bytes),
    })
    return new TusResponse(response, await response.body.text())
  }

  /** The header fields, with the URL's credentials unless there is an Authorization already. */
  #fieldsFor({ username, password }: URL): Readonly<Record<string, string>> {
    if (username === '' && password === '') return this.#headers
    const names = Object.keys(this.#headers)
    if (names.some((name) => name.toLowerCase() === 'authorization')) return this.#headers
    const pair = { username: decoded(username), password: decoded(password) }
    return { ...this.#headers, authorization: basicAuthorization(pair) }
  }

  async abort(): Promise<void> {
    this.#controller.abort()
  }

  /** `null`: undici does not give access to its requests. */
  getUnderlyingObject(): null {
    return null
  }
}

/** One response for tus-js-client. */
export class TusResponse {
  readonly #response: Dispatcher.ResponseData
  readonly #fields: NodeFields
  readonly #body: string

  constructor(response: Dispatcher.ResponseData, body: string) {
    this.#response = response
    this.#fields = nodeFields(response.headers)
    this.#body = body
  }

  getStatus(): number {
    return this.#response.statusCode
  }

  getHeader(header: string): string | undefined {
    const value = this.#fields[header.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  getBody(): string {
    return this.#body
  }

  /** The response of undici, whose body has been read. */
  getUnderlyingObject(): Dispatcher.ResponseData {
    return this.#response
  }
}

/** The client sets `size` on each part of a file, also on streams. */
function lengthOf(body: unknown): Record<string, string> {
  const { size } = (body ?? {}) as { size?: unknown }
  return typeof size === 'number' && size > 0 ? { 'Content-Length': String(size) } : {}
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign that begins no escape is kept as it is.
    return text
  }
}
