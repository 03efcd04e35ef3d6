import type { Content } from './content.ts'
import type { Upload } from './plan.ts'
import { Source, type SourceOptions } from './source.ts'
import { UploadLog } from './upload-log.ts'

/** An upload that one dispatch makes. */
export class OwnUpload implements Upload {
  readonly source: Source
  readonly log: UploadLog = new UploadLog()

  constructor(content: Content, options: SourceOptions) {
    this.source = new Source(content, options)
    this.log.total = options.length
  }

  onOver(): void {
    this.source.cancel()
  }

  shown(status: number): number {
    return status
  }
}
