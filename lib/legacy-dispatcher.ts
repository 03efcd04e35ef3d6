/** Where undici up to 7 keeps the process's dispatcher, and with it the fetch of Node 22. */
const legacy = Symbol.for('undici.globalDispatcher.1')
const current = Symbol.for('undici.globalDispatcher.2')

const places = globalThis as { [place: symbol]: unknown }

// This module is loaded before undici 8, which puts a dispatcher of its own in both places when it
// finds none in its own: a proxy of NODE_USE_ENV_PROXY=1, or what somebody has set, would be lost.
const isLost = places[current] === undefined
const before = places[legacy]

/** The dispatcher of older undicis, and a function that puts it back. */
export function legacyDispatcher(): () => void {
  const now = places[legacy]
  return () => {
    places[legacy] = now
  }
}

/** Puts back what the loading of undici has replaced. */
export function keepLegacyDispatcher(): void {
  if (isLost && before !== undefined) places[legacy] = before
}
