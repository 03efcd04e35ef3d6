import { getGlobalDispatcher, setGlobalDispatcher } from 'undici/index.js'
import {
  checkOptions,
  expectOptionNames,
  listenerNames,
  pickListeners,
  refuseToken,
} from '../options/settings.ts'
import { rememberLegacyDispatcher } from '../runtime/legacy-dispatcher.ts'
import { checkDispatcher, checkIsObject, refuseUnknown } from '../unknown.ts'
import { ExpectAgent, type ExpectAgentOptions } from './agent.ts'
import { type CreateFetchOptions, type FetchInit, type fetch, fetchWith } from './fetch.ts'
import type { FetchInput } from './platform-fetch.ts'

const names = expectOptionNames.filter((name) => name !== 'redirect')

/**
 * A fetch bound to a dispatcher and options, for libraries that take a custom `fetch`.
 *
 * ```ts
 * const client = new OpenAI({ fetch: createFetch({ continueTimeout: 500 }) })
 * ```
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function createFetch(options: CreateFetchOptions = {}): typeof fetch {
  refuseUnknown(options, [...names, ...listenerNames, 'dispatcher'])
  checkOptions(options)
  refuseToken(options)
  checkDispatcher(options.dispatcher)
  const bound = { ...options, ...pickListeners(options) }
  return (input: FetchInput, init?: FetchInit) => fetchWith(bound, input, init)
}

/** Restores what `install()` replaced: when it is called, or at the end of a block with `using`. */
export interface Uninstall extends Disposable {
  (): void
}

/**
 * Makes the process's `fetch` and undici's global dispatcher ask before they send. Without the
 * option `proxy` it uses the proxies that Node's own fetch uses.
 *
 * @returns a function that restores the previous ones, once.
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function install(options: ExpectAgentOptions = {}): Uninstall {
  checkIsObject(options)
  const { proxy = 'node', ...rest } = options
  const agent = new ExpectAgent({ ...rest, proxy })
  const before = { fetch: globalThis.fetch, dispatcher: getGlobalDispatcher() }
  const restoreLegacy = rememberLegacyDispatcher()
  setGlobalDispatcher(agent)
  globalThis.fetch = createFetch({ dispatcher: agent }) as typeof globalThis.fetch
  let installed = true
  const undo = (): void => {
    if (!installed) return
    installed = false
    globalThis.fetch = before.fetch
    setGlobalDispatcher(before.dispatcher)
    restoreLegacy()
  }
  return Object.assign(undo, { [Symbol.dispose]: undo })
}
