import { closestMatch } from 'leven'

/** The longest delay in milliseconds. With a longer one setTimeout fires at once. */
export const longestDelay = 2_147_483_647

export function checkIsObject(options: unknown): void {
  if (isObject(options)) return
  const found = options === null ? 'null' : `a ${typeof options}`
  throw new TypeError(`Options must be an object, not ${found}`)
}

/** @throws TypeError naming the first unknown option. */
export function refuseUnknown(options: object, known: readonly string[]): void {
  checkIsObject(options)
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    throw new TypeError(`Unknown option '${name}'; known are ${known.join(', ')}`)
  }
}

const warned = new Set<string>()

/**
 * Warns once of each name that differs from an option in one or two characters. Other names may be
 * options of a library that calls fetch.
 *
 * @param own the options to compare with.
 * @param others further names that are known.
 */
export function warnOfTypos(
  options: object,
  own: readonly string[],
  others: readonly string[],
): void {
  for (const name of Object.keys(options)) {
    if (own.includes(name) || others.includes(name) || warned.has(name)) continue
    const near = closestMatch(name, own, { maxDistance: 2 })
    if (near === undefined) continue
    warned.add(name)
    process.emitWarning(`fetch has no option '${name}'; did you mean '${near}'?`, {
      code: 'EXPECT_CONTINUE_OPTION',
    })
  }
}

/** The options without those that are `undefined`, which count as not given. */
export function definedOf<Options extends object>(options: Options | undefined): Options {
  const members = Object.entries(options ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members) as Options
}

export function checkDispatcher(value: unknown): void {
  if (value === undefined || typeof Object(value).dispatch === 'function') return
  // Bun puts an undici of its own, whose classes cannot dispatch, in the place of the package.
  const hint = 'bun' in process.versions ? "; on Bun import its class from 'undici/index.js'" : ''
  throw new TypeError(`Option 'dispatcher' must be an undici Dispatcher${hint}`)
}

/** Whether a value is an object, and not a function. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Whether a value has to be awaited. */
export function isPromise<Value>(value: unknown): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value
}
