import type { Dispatcher } from 'undici'
import type { Content } from '../content/content.ts'
import { UploadError } from '../errors.ts'
import { isRedirect } from '../recovery/redirect.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { Call } from '../upload/expect-request.ts'

/** One call of `upload`, which is one dispatch, whatever that leads to. */
export class UploadCall implements Call {
  readonly content: Content
  readonly log: UploadLog
  controller: Dispatcher.DispatchController | null = null
  readonly #failsAtRedirect: boolean

  constructor(content: Content, log: UploadLog, failsAtRedirect: boolean) {
    this.content = content
    this.log = log
    this.#failsAtRedirect = failsAtRedirect
  }

  /** Ends it, or lets go of content that was not dispatched. */
  cancel(reason: unknown): void {
    if (this.controller === null) this.content.discard?.(reason)
    else this.controller.abort(reason as Error)
  }

  mapStatus(status: number): number | UploadError {
    if (!this.#failsAtRedirect || !isRedirect(status)) return status
    const message = `The origin answered ${status}, and redirect is 'error'; set it to 'follow' or 'manual'`
    return new UploadError('ERR_EXPECT_REDIRECT', message)
  }
}
