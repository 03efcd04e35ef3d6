import type { Job } from './job.ts'
import type { Source } from './source.ts'

/** One upload that a candidate is to make. */
export interface Upload {
  readonly url: URL
  readonly method: Job['method']
  readonly source: Source
}

/** A client that is measured. */
export interface Candidate {
  /** Makes an upload, reads the response, and resolves with its status. */
  send(upload: Upload): Promise<number>
}

/** What every upload says of its content. */
export function contentLength({ source }: Upload): { 'content-length': string } {
  return { 'content-length': String(source.size) }
}
