import { unsupportedNode } from './node-version.ts'

// This module is loaded before undici, which fails with an unclear error on an unsupported Node.
if (unsupportedNode !== null) throw new Error(unsupportedNode)

/** The global property in which undici up to 7, and so the fetch of Node 22, keeps the process's dispatcher. */
const legacy = Symbol.for('undici.globalDispatcher.1')
const current = Symbol.for('undici.globalDispatcher.2')

const places = globalThis as { [place: symbol]: unknown }

// This module is loaded before undici 8. If undici 8 finds no dispatcher in its own property, it sets
// both properties. That would replace the dispatcher that Node 22 sets for NODE_USE_ENV_PROXY=1, or that
// the user sets with undici 6 or 7.
const isLost = places[current] === undefined
const before = places[legacy]

export function rememberLegacyDispatcher(): () => void {
  const remembered = places[legacy]
  return () => putBack(remembered)
}

/** Restores the dispatcher that loading undici replaced. */
export function keepLegacyDispatcher(): void {
  if (isLost && before !== undefined) putBack(before)
}

function putBack(dispatcher: unknown): void {
  // Assigning to a frozen global object throws, so an unchanged value is not assigned.
  if (places[legacy] !== dispatcher) places[legacy] = dispatcher
}
