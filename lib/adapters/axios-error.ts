/** The codes with which axios fails. */
export type AxiosCode =
  | 'ERR_BAD_OPTION_VALUE'
  | 'ERR_BAD_REQUEST'
  | 'ERR_BAD_RESPONSE'
  | 'ERR_CANCELED'
  | 'ERR_NOT_SUPPORT'
  | 'ECONNABORTED'
  | 'ETIMEDOUT'

/** What a request was and what came of it, for an error. */
export interface AxiosFailure<Config, Response> {
  readonly config: Config
  readonly request?: unknown
  readonly response?: Response
  readonly cause?: unknown
}

/**
 * An error that `axios.isAxiosError` knows, and `axios.isCancel` where it was cancelled.
 * It is no `instanceof AxiosError`: the class is axios's, which is no dependency.
 */
export class AxiosLikeError<Config, Response extends { readonly status: number }> extends Error {
  override name = 'AxiosError'
  readonly isAxiosError = true
  readonly code: string
  readonly config: Config
  readonly request?: unknown
  readonly response?: Response
  readonly status?: number
  readonly __CANCEL__?: true

  constructor(
    message: string,
    code: AxiosCode | (string & {}),
    { config, request, response, cause }: AxiosFailure<Config, Response>,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.config = config
    if (request !== undefined) this.request = request
    if (response !== undefined) {
      this.response = response
      this.status = response.status
    }
    if (code === 'ERR_CANCELED') {
      this.name = 'CanceledError'
      this.__CANCEL__ = true
    }
  }

  /** Leaves out the request, the response and the configuration, which may hold credentials. */
  toJSON(): object {
    const { name, message, code, status = null } = this
    return { name, message, code, status }
  }
}

/** The platform's fetch wraps what went wrong on the network in a TypeError. */
export function causeOf(error: unknown): unknown {
  const wrapped =
    error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message)
  return wrapped ? (error.cause ?? error) : error
}
