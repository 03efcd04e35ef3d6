import { knowable, type RouteRecord, timesKept } from './route-state.ts'

/**
 * Reads the records of a saved memory. The input is not trusted. Unknown fields are ignored.
 *
 * @throws TypeError naming the record and its invalid part.
 */
export function readRecords(saved: unknown): RouteRecord[] {
  if (Array.isArray(saved)) return saved.map(readRecord)
  const hint = typeof saved === 'string' ? '; pass what JSON.parse() makes of it' : ''
  throw new TypeError(`A saved memory must be an array, not ${kindOf(saved)}${hint}`)
}

function readRecord(saved: unknown, index: number): RouteRecord {
  if (!isObject(saved)) throw wrong(index, 'It', 'an object', saved)
  const route = own(saved, 'route')
  if (typeof route !== 'string') throw wrong(index, "'route'", 'a string', route)
  const ends = own(saved, 'until')
  if (!isObject(ends)) throw wrong(index, "'until'", 'an object', ends)
  const until: Record<string, number> = {}
  for (const what of knowable) {
    const end = own(ends, what)
    if (end === undefined) continue
    if (!isTime(end)) throw wrong(index, `'until.${what}'`, 'a number, 0 or more', end)
    until[what] = end
  }
  return { route, until, times: readTimes(own(saved, 'times'), index) }
}

function readTimes(saved: unknown, index: number): readonly number[] {
  // The spread fills holes, which every() skips.
  const last: unknown[] | null = Array.isArray(saved) ? [...saved.slice(-timesKept)] : null
  if (last?.every(isTime)) return last
  throw wrong(index, "'times'", 'an array of numbers, 0 or more', saved)
}

/** Reads an own property only, so that inherited values and a `__proto__` key have no effect. */
function own(record: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(record, name)?.value
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function wrong(index: number, what: string, wanted: string, found: unknown): TypeError {
  return new TypeError(
    `Record ${index} of a saved memory is wrong: ${what} must be ${wanted}, not ${kindOf(found)}`,
  )
}

/** The kind of a value. Error messages do not show strings, which may be long or secret. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string') return 'a string'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
