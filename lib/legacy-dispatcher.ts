import { unsupportedNode } from './node-version.ts'

// This module is loaded before undici, which would fail with an error of another kind.
if (unsupportedNode !== null) throw new Error(unsupportedNode)

/** Where undici up to 7 keeps the process's dispatcher, and with it the fetch of Node 22. */
const legacy = Symbol.for('undici.globalDispatcher.1')
const current = Symbol.for('undici.globalDispatcher.2')

const places = globalThis as { [place: symbol]: unknown }

// This module is loaded before undici 8. When that finds no dispatcher in its own place, it sets one
// in both: what Node 22 has set for NODE_USE_ENV_PROXY=1, or the user with undici 6 or 7, would be lost.
const isLost = places[current] === undefined
const before = places[legacy]

/** Remembers the dispatcher of older undicis; what it returns puts that back. */
export function rememberLegacyDispatcher(): () => void {
  const remembered = places[legacy]
  return () => putBack(remembered)
}

/** Puts back what the loading of undici has replaced. */
export function keepLegacyDispatcher(): void {
  if (isLost && before !== undefined) putBack(before)
}

function putBack(dispatcher: unknown): void {
  // Nothing changes, and nothing can, where the global object is frozen.
  if (places[legacy] !== dispatcher) places[legacy] = dispatcher
}
