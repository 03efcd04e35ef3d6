import type { Content } from '../content/content.ts'
import { Source } from '../content/source.ts'
import { UploadError } from '../errors.ts'
import { isRedirect } from '../recovery/redirect.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { Call } from '../upload/expect-request.ts'

/** One call of `upload`, which is one dispatch, whatever that leads to. */
export class UploadCall implements Call {
  readonly content: Content
  readonly log: UploadLog
  readonly turn = 0
  source: Source | null = null
  readonly #failsAtRedirect: boolean

  constructor(content: Content, log: UploadLog, failsAtRedirect: boolean) {
    this.content = content
    this.log = log
    this.#failsAtRedirect = failsAtRedirect
  }

  onOver(): void {
    this.source?.cancel()
  }

  /** The content is not wanted any more, not even if nobody has begun to send it. */
  cancel(reason: unknown): void {
    const { content } = this
    this.source ??= new Source(content, { length: content.length, replayWindow: 0 })
    this.source.cancel(reason)
  }

  shown(status: number): number | UploadError {
    if (!this.#failsAtRedirect || !isRedirect(status)) return status
    const message = `The origin answered ${status}, and redirect is 'error'; set it to 'follow' or 'manual'`
    return new UploadError('ERR_EXPECT_REDIRECT', message)
  }
}
