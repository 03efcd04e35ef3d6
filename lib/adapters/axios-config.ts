import type { ReadingOptions } from './axios-response.ts'
import type { UrlParts } from './axios-url.ts'
import type { SignalLike } from './cancellation.ts'
import { basic, decoded } from './credentials.ts'

interface CancelTokenLike {
  subscribe(listener: (reason: Error) => void): void
  unsubscribe(listener: (reason: Error) => void): void
}

/** The configuration of a request, as axios hands it to an adapter. */
export interface AxiosConfig extends UrlParts, ReadingOptions {
  method?: string | undefined
  headers: { toJSON(): object }
  data?: unknown
  auth?: { username: string; password: string } | undefined
  timeout?: number | undefined
  timeoutErrorMessage?: string | undefined
  transitional?: { clarifyTimeoutError?: boolean } | undefined
  signal?: SignalLike | undefined
  cancelToken?: CancelTokenLike | undefined
  maxRedirects?: number | undefined
  maxBodyLength?: number | undefined
  validateStatus?: ((status: number) => boolean) | null | undefined
  onUploadProgress?: ((event: never) => void) | undefined
}

/** What would change where or how a request goes, and must not be passed over in silence. */
const unsupported = ['socketPath', 'proxy', 'maxRate', 'beforeRedirect', 'lookup', 'transport']

/** The name of an option that this adapter cannot heed; `undefined` when there is none. */
export function unsupportedIn(config: AxiosConfig): string | undefined {
  const given = new Map<string, unknown>(Object.entries(config))
  // `proxy: false` is what this adapter does anyway.
  return unsupported.find((each) => (given.get(each) ?? false) !== false)
}

/**
 * The header fields of a request.
 *
 * @param own those that go with the content; `null` takes a field away.
 */
export function headersFor(
  config: AxiosConfig,
  url: URL,
  own: Readonly<Record<string, string | null>>,
): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(config.headers.toJSON())) {
    headers.set(name, String(value))
  }
  for (const [name, value] of Object.entries(own)) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  const { username = '', password = '' } = config.auth ?? {
    username: decoded(url.username),
    password: decoded(url.password),
  }
  if (username !== '' || password !== '') {
    headers.set('authorization', basic(username, password))
  }
  return headers
}
