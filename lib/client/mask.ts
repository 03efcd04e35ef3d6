import type { ReadableStream } from 'node:stream/web'
import { UploadResponse } from './upload-response.ts'

// A status that the platform's fetch hands over as it is, with content.
const plainStatus = 200

/**
 * Shows the platform's fetch a plain status in place of one that it would act upon although
 * there is nothing to be done: it sends a request again after a 421. The response that comes out
 * of it gets its own status back.
 */
export class Mask {
  #status: { readonly code: number; readonly text: string } | null = null

  /** The status to show in place of this one. */
  put(code: number, text: string): number {
    this.#status = { code, text }
    return plainStatus
  }

  /** The response with its own status, if another was shown for it. */
  lift(response: Response): Response {
    if (this.#status === null) return response
    const { code: status, text: statusText } = this.#status
    const { headers, url, redirected } = response
    const head = { status, statusText, headers, url, redirected }
    return new UploadResponse(response.body as ReadableStream | null, head)
  }
}
