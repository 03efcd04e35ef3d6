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
  timeout?: number | string | undefined
  timeoutErrorMessage?: string | undefined
  transitional?: { clarifyTimeoutError?: boolean } | undefined
  signal?: SignalLike | undefined
  cancelToken?: CancelTokenLike | undefined
  maxRedirects?: number | undefined
  maxBodyLength?: number | undefined
  validateStatus?: ((status: number) => boolean) | null | undefined
  onUploadProgress?: ((event: never) => void) | undefined
}

const given = (value: unknown): boolean => value !== false

/**
 * What would change where or how a request goes, or what it gives away, and must not be
 * passed over in silence; and whether a value of it does.
 */
const unsupported: Record<string, (value: unknown, config: AxiosConfig) => boolean> = {
  socketPath: given,
  // `proxy: false` is what this adapter does anyway.
  proxy: given,
  maxRate: given,
  beforeRedirect: given,
  lookup: given,
  transport: given,
  family: given,
  insecureHTTPParser: given,
  httpVersion: (value) => Number(value) !== 1,
  decompress: (value) => value === false,
  sensitiveHeaders: (value, { maxRedirects }) =>
    maxRedirects !== 0 && !(Array.isArray(value) && value.length === 0),
}

/** The name of an option that this adapter cannot heed; `undefined` when there is none. */
export function unsupportedIn(config: AxiosConfig): string | undefined {
  const values = new Map<string, unknown>(Object.entries(config))
  return Object.entries(unsupported).find(([name, changes]) => {
    const value = values.get(name) ?? null
    return value !== null && changes(value, config)
  })?.[0]
}

/** What undici sees to by itself, and fails on. */
const framing = ['transfer-encoding', 'keep-alive']

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
    if (!framing.includes(name.toLowerCase())) headers.set(name, String(value))
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
