import type { UploadReport } from './report.ts'
import type { UploadLog } from './upload-log.ts'

/** A constructor that makes nothing, and answers what it is given. */
class Given {
  constructor(given: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what it is for.
    return given
  }
}

/**
 * A field that no one else can see, put on objects that were made elsewhere. A WeakMap would do
 * the same, and would have to be gone through by each garbage collection.
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

/** Keeps what is written down about the upload behind a response. */
export function keepReport(response: Response, log: UploadLog): void {
  new Reported(response, log)
}

/** The uploads that errors are about; `null` for an error that several uploads failed with. */
const failed = new WeakMap<object, UploadLog | null>()

/** Keeps what is written down about an upload that failed. */
export function keepFailure(error: unknown, log: UploadLog): void {
  if (!isObject(error)) return
  failed.set(error, isOfAnother(error, log) ? null : log)
}

/**
 * The error of a connection, as one upload fails with it: where another one did, a copy. Errors of
 * Node and undici have a code; what has none was thrown by the caller, and is theirs to recognize.
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
  // V8 keeps the stack where no descriptor has it.
  return Object.assign(copy, { stack: error.stack })
}

function isObject(value: unknown): value is object {
  return Object(value) === value
}

/**
 * What the upload behind a response of `fetch` or `upload` did, or the one that failed with an error that they
 * rejected with, or that they gave `fetch`'s error as its `cause`.
 *
 * ```ts
 * try {
 *   await upload(url, content)
 * } catch (error) {
 *   console.error(reportOf(error)?.attempts)
 * }
 * ```
 *
 * @returns `undefined` for what came from elsewhere, for an upload that was called wrongly, and for an
 * error of the caller's own that several uploads failed with, such as the reason of a signal they share.
 */
export function reportOf(of: unknown): UploadReport | undefined {
  if (!isObject(of)) return undefined
  return (Reported.logOf(of) ?? failed.get(of))?.snapshot()
}
