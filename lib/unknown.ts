/**
 * Refuses options whose names mean nothing.
 *
 * @throws TypeError naming the first unknown option.
 */
export function refuseUnknown(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    throw new TypeError(`Unknown option '${name}'; known are ${known.join(', ')}`)
  }
}
