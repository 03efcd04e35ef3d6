import type { Dispatcher } from 'undici'

/** Header fields as undici takes them: a flat list, an object, or pairs. */
export type Fields = Dispatcher.DispatchOptions['headers']

type Value = string | string[] | number | boolean | null | undefined

/** The name and value of every field, in order. */
export function* fieldsOf(headers: Fields): Generator<[name: string, value: Value]> {
  if (headers === null || headers === undefined) return
  if (Array.isArray(headers)) {
    for (let index = 0; index + 1 < headers.length; index += 2) {
      yield [String(headers[index]), headers[index + 1]]
    }
    return
  }
  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers)
  for (const [name, value] of pairs as Iterable<[string, Value]>) yield [name, value]
}

/** The value of a field, or `undefined`; names are compared without case. */
export function fieldValue(headers: Fields, name: string): Value {
  for (const [other, value] of fieldsOf(headers)) {
    if (other.length === name.length && other.toLowerCase() === name) return value
  }
  return undefined
}

/** The same fields as a flat list, without those named. */
export function withoutFields(headers: Fields, ...names: string[]): string[] {
  const kept: string[] = []
  for (const [name, value] of fieldsOf(headers)) {
    // undici takes lists, numbers and null as values; the type of a flat list says strings only.
    if (!names.includes(name.toLowerCase())) kept.push(name, value as string)
  }
  return kept
}

/** The same fields as a flat list, with one more. */
export function withHeader(headers: Fields, name: string, value: string): string[] {
  return [...withoutFields(headers), name, value]
}
