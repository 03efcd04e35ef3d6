import { isDeepStrictEqual } from 'node:util'
import { Agent, EnvHttpProxyAgent, getGlobalDispatcher } from 'undici'
import { keepLegacyDispatcher } from '../legacy-dispatcher.ts'
import { nodeUsesProxies } from '../proxy/environment.ts'

keepLegacyDispatcher()

/** The process's dispatcher when this package was loaded. */
const atFirst: object = getGlobalDispatcher()

/**
 * Whether a process's dispatcher is there because somebody had to be: undici puts an Agent without
 * options in the place when it is loaded, and Node, when it starts with NODE_USE_ENV_PROXY=1, an
 * EnvHttpProxyAgent. An Agent without options that somebody has set is taken for the same.
 *
 * Several copies of undici share the place: Node's own, the installed one, one in a bundle. So
 * neither a class nor its name tells whose it is. What undici calls its state does, in every
 * version from 6 on, and in bundles, too.
 */
export function standsForNoChoice(dispatcher: object): boolean {
  if (isUntouchedAgent(dispatcher)) return true
  if (!nodeUsesProxies || dispatcher !== atFirst) return false
  // Node's is of its own copy; beneath it is the agent for what goes past the proxies.
  const direct = stateOf(dispatcher, 'no proxy agent')
  return isObject(direct) && isUntouchedAgent(direct) && !(dispatcher instanceof EnvHttpProxyAgent)
}

/** Whether it is an Agent as `new Agent()` makes it: no subclass, nothing composed, no options. */
function isUntouchedAgent(dispatcher: object): boolean {
  const prototype = Object.getPrototypeOf(dispatcher)
  const factory = stateOf(dispatcher, 'factory')
  // Of undici's classes at this distance from EventEmitter, only Agent has a factory.
  if (factory === undefined || distance(prototype) !== distance(Agent.prototype)) return false
  // compose() answers a Proxy, which differs in this alone.
  if (Reflect.get(dispatcher, 'dispatch') !== prototype.dispatch) return false
  const fresh = new prototype.constructor()
  const options = [dispatcher, fresh].map((agent) => stateOf(agent, 'options'))
  return factory === stateOf(fresh, 'factory') && isDeepStrictEqual(options[0], options[1])
}

/** What an object has under a symbol of this description. */
function stateOf(object: object, description: string): unknown {
  const symbols = Object.getOwnPropertySymbols(object)
  const symbol = symbols.find((each) => each.description === description)
  return symbol && Reflect.get(object, symbol)
}

function distance(prototype: object): number {
  const next = Object.getPrototypeOf(prototype)
  return next === null ? 0 : 1 + distance(next)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
