import type { FetchInit } from '../client/fetch.ts'
import { checkOptions, expectOptionNames, pickExpectOptions } from '../options.ts'
import { refuseUnknown } from '../unknown.ts'
import { AxiosCall, type AxiosResponseLike } from './axios-call.ts'
import type { AxiosConfig } from './axios-config.ts'
import type { AdapterOptions } from './sender.ts'

export type { AxiosResponseLike } from './axios-call.ts'
export type { AxiosConfig } from './axios-config.ts'

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
 * are not looked at, and what else cannot be heeded is refused: `proxy`, `socketPath`,
 * `family`, `lookup`, `transport`, `httpVersion`, `insecureHTTPParser`, `maxRate`,
 * `beforeRedirect`, `sensitiveHeaders`, and `decompress: false`. With `maxRedirects: 0` a
 * redirect is handed over; otherwise up to 20 are followed, with content that the redirect
 * left untouched.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function expectAdapter(options: AdapterOptions = {}): ExpectAdapter {
  refuseUnknown(options, [...expectOptionNames, 'dispatcher'])
  const own = pickExpectOptions(options) ?? {}
  checkOptions(own)
  const { dispatcher } = options
  const init: FetchInit = dispatcher === undefined ? own : { ...own, dispatcher }
  return (config) => new AxiosCall(config, init).run()
}
