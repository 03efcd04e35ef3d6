import { type FetchInit, fetch } from '../fetch.ts'
import { defaults, expectOptionNames, pickExpectOptions, settle } from '../options.ts'
import { refuseUnknown } from '../unknown.ts'
import { type AxiosConfig, headersFor, unsupportedIn } from './axios-config.ts'
import { contentFrom } from './axios-content.ts'
import { AxiosLikeError } from './axios-error.ts'
import { type AxiosProgress, progressOf, readContent } from './axios-response.ts'
import { urlOf } from './axios-url.ts'
import { Cancellation } from './cancellation.ts'
import type { AdapterOptions } from './sender.ts'

export type { AxiosConfig } from './axios-config.ts'

/** What came of a request, as axios wants it. */
export interface AxiosResponseLike<Config> {
  // What axios and its users declare this to be differs from call to call.
  data: never
  status: number
  statusText: string
  headers: Record<string, string | string[]>
  config: Config
  request: object
}

/** The adapter that {@link expectAdapter} makes. */
export type ExpectAdapter = <Config extends AxiosConfig>(
  config: Config,
) => Promise<AxiosResponseLike<Config>>

/**
 * An adapter for axios.
 *
 * ```ts
 * const client = axios.create({ adapter: expectAdapter() })
 * ```
 *
 * Proxies, TLS and Unix sockets are the dispatcher's business: `httpAgent` and `httpsAgent`
 * are not looked at, and `proxy`, `socketPath`, `maxRate`, `beforeRedirect`, `lookup` and
 * `transport` are refused. With `maxRedirects: 0`
 * a redirect is handed over; otherwise up to 20 are followed, with content that the redirect
 * left untouched.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function expectAdapter(options: AdapterOptions = {}): ExpectAdapter {
  refuseUnknown(options, [...expectOptionNames, 'dispatcher'])
  const own = pickExpectOptions(options) ?? {}
  settle(own, { ...defaults, memory: false })
  const { dispatcher } = options
  const init: FetchInit = dispatcher === undefined ? own : { ...own, dispatcher }
  return (config) => new AxiosCall(config, init).run()
}

class AxiosCall<Config extends AxiosConfig> {
  readonly #config: Config
  readonly #init: FetchInit
  readonly #cancellation = new Cancellation()
  #request: { method: string; path: string; res?: { responseUrl: string } } | undefined

  constructor(config: Config, init: FetchInit) {
    this.#config = config
    this.#init = init
  }

  async run(): Promise<AxiosResponseLike<Config>> {
    const { cancelToken, signal, timeout } = this.#config
    const onCancel = (reason: Error): void => this.#cancellation.cancel(reason)
    cancelToken?.subscribe(onCancel)
    this.#cancellation.follow(signal, () => this.#error('canceled', 'ERR_CANCELED'))
    this.#cancellation.after(timeout, () => this.#timedOut())
    try {
      return this.#settle(await this.#take(await this.#fetch()))
    } catch (error) {
      throw this.#failure(error)
    } finally {
      cancelToken?.unsubscribe(onCancel)
      this.#cancellation.done()
    }
  }

  async #fetch(): Promise<Response> {
    const { data, maxBodyLength = -1, maxRedirects, method = 'get' } = this.#config
    const name = unsupportedIn(this.#config)
    if (name !== undefined) {
      const message = `'${name}' cannot be heeded by this adapter; see to it with a dispatcher`
      throw this.#error(message, 'ERR_NOT_SUPPORT')
    }
    const url = urlOf(this.#config)
    const tooLong = (): Error =>
      this.#error('Request body larger than maxBodyLength limit', 'ERR_BAD_REQUEST')
    const { body, headers } = contentFrom(data, maxBodyLength, tooLong)
    this.#request = { method: method.toUpperCase(), path: url.pathname + url.search }
    const init: FetchInit = {
      ...this.#init,
      method: method.toUpperCase(),
      headers: headersFor(this.#config, url, headers),
      body,
      redirect: maxRedirects === 0 ? 'manual' : 'follow',
      signal: this.#cancellation.signal,
      onProgress: this.#onProgress(),
    }
    // fetch refuses URLs that hold credentials; they are in a header by now.
    url.username = ''
    url.password = ''
    return fetch(url, init)
  }

  #onProgress(): NonNullable<FetchInit['onProgress']> {
    const tell = this.#config.onUploadProgress as ((event: AxiosProgress) => void) | undefined
    let before = 0
    return ({ sent, total, rate }) => {
      if (sent > before) tell?.({ ...progressOf(sent, sent - before, total, rate), upload: true })
      before = sent
    }
  }

  async #take(response: Response): Promise<AxiosResponseLike<Config>> {
    const { status, statusText, url } = response
    const { maxContentLength } = this.#config
    const request = { ...this.#request, res: { responseUrl: url } }
    const data = await readContent(response, this.#config, () =>
      this.#error(`maxContentLength size of ${maxContentLength} exceeded`, 'ERR_BAD_RESPONSE'),
    )
    const headers: Record<string, string | string[]> = Object.fromEntries(response.headers)
    const cookies = response.headers.getSetCookie()
    if (cookies.length > 0) headers['set-cookie'] = cookies
    // fetch has decoded the content.
    delete headers['content-encoding']
    return { data: data as never, status, statusText, headers, config: this.#config, request }
  }

  #settle(response: AxiosResponseLike<Config>): AxiosResponseLike<Config> {
    const { config, request, status } = response
    if (!config.validateStatus || config.validateStatus(status)) return response
    const code = status >= 400 && status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE'
    const message = `Request failed with status code ${status}`
    throw new AxiosLikeError(message, code, { config, request, response })
  }

  #timedOut(): Error {
    const { timeout, timeoutErrorMessage, transitional } = this.#config
    const code = transitional?.clarifyTimeoutError ? 'ETIMEDOUT' : 'ECONNABORTED'
    return this.#error(timeoutErrorMessage || `timeout of ${timeout}ms exceeded`, code)
  }

  #error(message: string, code: string, cause?: unknown): Error {
    return new AxiosLikeError(message, code, {
      config: this.#config,
      request: this.#request,
      cause,
    })
  }

  #failure(thrown: unknown): unknown {
    const error = causeOf(thrown)
    if (this.#cancellation.signal.aborted) return this.#cancellation.signal.reason
    if (error instanceof AxiosLikeError || !(error instanceof Error)) return error
    const { code = 'ERR_BAD_REQUEST' } = error as NodeJS.ErrnoException
    return this.#error(error.message, code, error)
  }
}

/** The platform's fetch wraps what went wrong on the network in a TypeError. */
function causeOf(error: unknown): unknown {
  const wrapped = error instanceof TypeError && error.message === 'fetch failed'
  return wrapped ? (error.cause ?? error) : error
}
