import { type Content, noContent } from '../content/content.ts'
import { Source, type SourceOptions } from '../content/source.ts'
import type { UploadError } from '../errors.ts'
import type { UploadLog } from '../report/upload-log.ts'
import type { ResponseFields } from './attempt.ts'
import type { Call } from './expect-request.ts'
import type { Upload } from './plan.ts'

/** An upload that the dispatches of one call make. */
export class CallUpload implements Upload {
  readonly source: Source
  readonly log: UploadLog
  readonly #call: Call
  readonly #turn: number

  constructor(call: Call, content: Content, options: SourceOptions) {
    this.source = call.source ?? new Source(content, options)
    this.log = call.log
    this.log.total = this.source.length
    call.source = this.source
    this.#call = call
    this.#turn = call.turn
  }

  onOver(): void {
    // What comes late from a dispatch of the past concerns nobody.
    if (this.#turn === this.#call.turn) this.#call.onOver()
  }

  shown(status: number, text: string, fields: ResponseFields): number | UploadError {
    return this.#call.shown?.(status, text, fields) ?? status
  }
}

/** A dispatch without content is written down with those of its call, and needs nothing of theirs. */
export class BareUpload implements Upload {
  readonly source: Source = new Source(noContent, { length: 0, replayWindow: 0 })
  readonly log: UploadLog

  constructor(log: UploadLog) {
    this.log = log
  }

  onOver(): void {}

  shown(status: number): number {
    return status
  }
}
