import type { Content } from '../content/content.ts'
import { Source, type SourceOptions } from '../content/source.ts'
import { UploadLog } from '../report/upload-log.ts'
import type { Upload } from './plan.ts'

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
