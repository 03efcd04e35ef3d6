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

/**
 * What the upload behind a response of `fetch` or `upload` did; `undefined` for responses
 * that came from elsewhere.
 */
export function reportOf(response: Response): UploadReport | undefined {
  return Reported.logOf(response)?.snapshot()
}
