import type { UploadReport } from './report.ts'
import type { UploadLog } from './upload-log.ts'

class Given {
  constructor(given: object) {
    // biome-ignore lint/correctness/noConstructorReturn: a derived class adds its private fields to this object.
    return given
  }
}

/**
 * Adds a private field to a Response that was made elsewhere. A WeakMap has the same effect, but
 * every garbage collection has to scan it.
 */
class Reported extends Given {
  readonly #log: UploadLog

  constructor(response: Response, log: UploadLog) {
    super(response)
    this.#log = log
  }

  static logOf(response: object): UploadLog | null {
    return #log in response ? response.#log : null
  }
}

export function keepReport(response: Response, log: UploadLog): void {
  new Reported(response, log)
}

/** The upload that failed with each error; `null` when several uploads failed with the same error. */
const failed = new WeakMap<object, UploadLog | null>()

export function keepFailure(error: unknown, log: UploadLog): void {
  if (!isObject(error)) return
  failed.set(error, isOfAnother(error, log) ? null : log)
}

/**
 * The error to fail an upload with when its connection fails: a copy, when another upload failed
 * with the same error. Errors of Node and undici have a code. An error without a code was thrown by
 * the caller, who may compare it by identity, so it is never copied.
 */
export function failureOf(error: NodeJS.ErrnoException, log: UploadLog): Error {
  return error.code !== undefined && isOfAnother(error, log) ? copyOf(error) : error
}

function isOfAnother(error: object, log: UploadLog): boolean {
  const known = failed.get(error)
  return known !== undefined && known !== log
}

function copyOf(error: Error): Error {
  const copy: Error = Object.defineProperties(
    Object.setPrototypeOf(new Error(error.message), Object.getPrototypeOf(error)),
    Object.getOwnPropertyDescriptors(error),
  )
  // In V8, copying the descriptors does not copy the stack.
  return Object.assign(copy, { stack: error.stack })
}

function isObject(value: unknown): value is object {
  return Object(value) === value
}

/**
 * The report of an upload. The argument is a response of `fetch` or `upload`, an error that they
 * rejected with, or the `cause` of such an error.
 *
 * ```ts
 * try {
 *   await upload(url, content)
 * } catch (error) {
 *   console.error(reportOf(error)?.attempts)
 * }
 * ```
 *
 * @returns `undefined` for other values, for an upload with invalid arguments, and for an error of the
 * caller's own that several uploads failed with, such as the reason of a shared signal.
 */
export function reportOf(of: unknown): UploadReport | undefined {
  if (!isObject(of)) return undefined
  return (Reported.logOf(of) ?? failed.get(of))?.snapshot()
}
