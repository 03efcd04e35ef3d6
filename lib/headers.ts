import type { Dispatcher } from 'undici'

/** Header fields as undici takes them: a flat list, an object, or pairs. */
export type Fields = Dispatcher.DispatchOptions['headers']

/** A response's header fields, as undici's handlers get them. */
export type ResponseFields = Record<string, string | string[] | undefined>

type Value = string | string[] | number | boolean | null | undefined

/**
 * Visits every field, in order, until the visitor answers true.
 *
 * @throws TypeError when the fields have a shape that undici does not accept.
 */
function visit(headers: Fields, visitor: (name: string, value: Value) => boolean): void {
  if (headers === null || headers === undefined) return
  if (typeof headers !== 'object') {
    throw new TypeError(`Headers must be an object, a list or an iterable, not ${typeof headers}`)
  }
  if (Array.isArray(headers)) visitList(headers, visitor)
  else if (Symbol.iterator in headers) visitPairs(headers, visitor)
  else {
    for (const name of Object.keys(headers)) if (visitor(name, headers[name])) return
  }
}

function visitList(list: string[], visitor: (name: string, value: Value) => boolean): void {
  if (list.length % 2 !== 0) {
    throw new TypeError(
      `A list of headers must alternate names and values; it has an odd number of entries (${list.length})`,
    )
  }
  for (let index = 0; index < list.length; index += 2) {
    if (visitor(String(list[index]), list[index + 1])) return
  }
}

function visitPairs(
  pairs: Iterable<unknown>,
  visitor: (name: string, value: Value) => boolean,
): void {
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new TypeError('Iterable headers must yield [name, value] pairs')
    }
    if (visitor(String(pair[0]), pair[1])) return
  }
}

export function fieldsOf(headers: Fields): [name: string, value: Value][] {
  const fields: [string, Value][] = []
  visit(headers, (name, value) => {
    fields.push([name, value])
    return false
  })
  return fields
}

/** The value of a field, or `undefined`; names are compared without case. */
export function fieldValue(headers: Fields, name: string): Value {
  let found: Value
  visit(headers, (other, value) => {
    const same = other.length === name.length && other.toLowerCase() === name
    if (same) found = value
    return same
  })
  return found
}

export function countFields(headers: Fields, name: string): number {
  let count = 0
  visit(headers, (other) => {
    if (other.length === name.length && other.toLowerCase() === name) count += 1
    return false
  })
  return count
}

/** The fields as a flat list, without the named ones. */
export function withoutFields(headers: Fields, ...names: string[]): string[] {
  const kept: string[] = []
  visit(headers, (name, value) => {
    // undici accepts lists, numbers and null as values, but its type of a flat list allows only strings.
    if (!names.includes(name.toLowerCase())) kept.push(name, value as string)
    return false
  })
  return kept
}

/** The fields of a response as pairs, for the platform's Headers. */
export function pairsOf(fields: ResponseFields): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (typeof value === 'string') pairs.push([name, value])
    else for (const each of value ?? []) pairs.push([name, each])
  }
  return pairs
}
