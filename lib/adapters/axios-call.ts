import { Readable } from 'node:stream'
import { type FetchInit, fetch } from '../client/fetch.ts'
import { type AxiosConfig, headersFor, unsupportedIn } from './axios-config.ts'
import { contentFrom } from './axios-content.ts'
import { AxiosLikeError, causeOf } from './axios-error.ts'
import { uploadProgress } from './axios-progress.ts'
import { readContent } from './axios-response.ts'
import { urlOf } from './axios-url.ts'
import { Cancellation } from './cancellation.ts'

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

/** One request of axios. */
export class AxiosCall<Config extends AxiosConfig> {
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
    const stop = (): void => {
      cancelToken?.unsubscribe(onCancel)
      this.#cancellation.done()
    }
    cancelToken?.subscribe(onCancel)
    this.#cancellation.follow(signal, () => this.#error('canceled', 'ERR_CANCELED'))
    try {
      this.#cancellation.after(this.#milliseconds(timeout), () => this.#timedOut())
      const response = this.#settle(await this.#take(await this.#fetch()))
      const data: unknown = response.data
      this.#cancellation.stopTimer()
      // A response that is still to be read can still be cancelled.
      if (data instanceof Readable) data.once('close', stop)
      else stop()
      return response
    } catch (error) {
      stop()
      throw this.#failure(error)
    }
  }

  #milliseconds(timeout: Config['timeout']): number {
    const milliseconds = Number.parseInt(String(timeout ?? 0), 10)
    if (!Number.isNaN(milliseconds)) return milliseconds
    throw this.#error(`'timeout' must be milliseconds, not '${timeout}'`, 'ERR_BAD_OPTION_VALUE')
  }

  async #fetch(): Promise<Response> {
    const { data, maxBodyLength = -1, maxRedirects, method = 'get' } = this.#config
    const name = unsupportedIn(this.#config)
    if (name !== undefined) {
      const message = `'${name}' cannot be heeded by this adapter; see to it with a dispatcher, or leave it out`
      throw this.#error(message, 'ERR_NOT_SUPPORT')
    }
    const url = urlOf(this.#config)
    const tooLong = (): Error =>
      this.#error('Request body larger than maxBodyLength limit', 'ERR_BAD_REQUEST')
    const { body, headers } = await contentFrom(data, maxBodyLength, tooLong)
    this.#request = { method: method.toUpperCase(), path: url.pathname + url.search }
    const init: FetchInit = {
      ...this.#init,
      method: method.toUpperCase(),
      headers: headersFor(this.#config, url, headers),
      body,
      redirect: maxRedirects === 0 ? 'manual' : 'follow',
      signal: this.#cancellation.signal,
      onProgress: uploadProgress(this.#config.onUploadProgress),
    }
    // fetch refuses URLs that hold credentials; they are in a header by now.
    url.username = ''
    url.password = ''
    return fetch(url, init)
  }

  async #take(answer: Response): Promise<AxiosResponseLike<Config>> {
    const { status, statusText, url } = answer
    const { maxContentLength } = this.#config
    const headers: Record<string, string | string[]> = Object.fromEntries(answer.headers)
    const cookies = answer.headers.getSetCookie()
    if (cookies.length > 0) headers['set-cookie'] = cookies
    // fetch has decoded the content.
    delete headers['content-encoding']
    const request = { ...this.#request, res: { responseUrl: url } }
    const response = { status, statusText, headers, config: this.#config, request }
    const tooLong = (): Error =>
      this.#error(`maxContentLength size of ${maxContentLength} exceeded`, 'ERR_BAD_RESPONSE')
    try {
      return { ...response, data: (await readContent(answer, this.#config, tooLong)) as never }
    } catch (error) {
      throw this.#brokenOff(error, response)
    }
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

  /** What a response that could not be read to its end is reported as. */
  #brokenOff(error: unknown, response: Omit<AxiosResponseLike<Config>, 'data'>): unknown {
    if (error instanceof AxiosLikeError || !(error instanceof Error)) return error
    const { code = 'ERR_BAD_RESPONSE' } = error as NodeJS.ErrnoException
    const { config, request } = response
    const facts = { config, request, response, cause: error }
    const aborted = ['UND_ERR_SOCKET', 'ECONNRESET'].includes(code)
    return aborted
      ? new AxiosLikeError('stream has been aborted', 'ERR_BAD_RESPONSE', facts)
      : new AxiosLikeError(error.message, code, facts)
  }

  #failure(thrown: unknown): unknown {
    const error = causeOf(thrown)
    if (this.#cancellation.signal.aborted) return this.#cancellation.signal.reason
    if (error instanceof AxiosLikeError || !(error instanceof Error)) return error
    const { code = 'ERR_BAD_REQUEST' } = error as NodeJS.ErrnoException
    if (code === 'ERR_STREAM_PREMATURE_CLOSE') {
      return this.#error('Request stream has been aborted', 'ERR_CANCELED', error)
    }
    return this.#error(error.message, code, error)
  }
}
