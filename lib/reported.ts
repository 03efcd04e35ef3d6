import type { UploadReport } from './report.ts'
import type { UploadLog } from './upload-log.ts'

const logs = new WeakMap<Response, UploadLog>()

/** Keeps what is written down about the upload behind a response. */
export function keepReport(response: Response, log: UploadLog): void {
  logs.set(response, log)
}

/**
 * What the upload behind a response of `fetch` or `upload` did; `undefined` for responses
 * that came from elsewhere.
 */
export function reportOf(response: Response): UploadReport | undefined {
  return logs.get(response)?.snapshot()
}
