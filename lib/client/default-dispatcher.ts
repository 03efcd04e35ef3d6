import { isDeepStrictEqual } from 'node:util'
import { Agent, EnvHttpProxyAgent, getGlobalDispatcher } from 'undici/index.js'
import { nodeUsesProxies } from '../proxy/environment.ts'
import { keepLegacyDispatcher } from '../runtime/legacy-dispatcher.ts'
import { isObject } from '../unknown.ts'

keepLegacyDispatcher()

const dispatcherAtLoad: object = getGlobalDispatcher()

/**
 * Whether the process's dispatcher is a default: undici sets an Agent without options when it is
 * loaded, and Node sets an EnvHttpProxyAgent when it starts with NODE_USE_ENV_PROXY=1. An Agent
 * without options that the user has set is treated the same.
 *
 * Several copies of undici may be loaded: Node's own, the installed one, one in a bundle. So classes
 * cannot be compared, and bundlers rename them. The descriptions of undici's symbols are the same in
 * every copy from undici 6 on, and bundlers keep them.
 */
export function isDefaultDispatcher(dispatcher: object): boolean {
  if (isPlainAgent(dispatcher)) return true
  if (!nodeUsesProxies || dispatcher !== dispatcherAtLoad) return false
  // Node's EnvHttpProxyAgent is from its own copy of undici, and its agent for direct connections has no options.
  const direct = stateOf(dispatcher, 'no proxy agent')
  return isObject(direct) && isPlainAgent(direct) && !(dispatcher instanceof EnvHttpProxyAgent)
}

/** Whether a dispatcher is a plain `new Agent()`: no subclass, no interceptors, no options. */
function isPlainAgent(dispatcher: object): boolean {
  const prototype = Object.getPrototypeOf(dispatcher)
  const factory = stateOf(dispatcher, 'factory')
  // Of undici's classes at this distance from EventEmitter, only Agent has a factory.
  if (factory === undefined || distance(prototype) !== distance(Agent.prototype)) return false
  // compose() returns a Proxy, which differs only in `dispatch`.
  if (Reflect.get(dispatcher, 'dispatch') !== prototype.dispatch) return false
  const fresh = new prototype.constructor()
  const options = [dispatcher, fresh].map((agent) => stateOf(agent, 'options'))
  return factory === stateOf(fresh, 'factory') && isDeepStrictEqual(options[0], options[1])
}

/** The value of an object's own symbol with this description. */
function stateOf(object: object, description: string): unknown {
  const symbols = Object.getOwnPropertySymbols(object)
  const symbol = symbols.find((each) => each.description === description)
  return symbol && Reflect.get(object, symbol)
}

function distance(prototype: object): number {
  const next = Object.getPrototypeOf(prototype)
  return next === null ? 0 : 1 + distance(next)
}
