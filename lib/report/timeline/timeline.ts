import type { UploadReport } from '../report.ts'
import { layoutOf } from './layout.ts'
import { drawSvg } from './svg.ts'
import { drawText } from './text.ts'

/** The format of a timeline: lines of text of 80 columns at most, or an SVG document. */
export type TimelineFormat = 'text' | 'svg'

/**
 * Draws an upload from its report: each attempt with its head, its wait, the responses and the
 * content, on one scale of time.
 *
 * ```ts
 * const { report } = await upload(url, fromFile('video.h264'))
 * console.log(renderTimeline(report, 'text'))
 * ```
 *
 * @throws TypeError when the format is another one, or the argument is no report.
 */
export function renderTimeline(report: UploadReport, format: TimelineFormat): string {
  if (!Array.isArray(report?.attempts)) {
    throw new TypeError('A timeline is drawn from an UploadReport, which has attempts')
  }
  switch (format) {
    case 'text':
      return drawText(layoutOf(report))
    case 'svg':
      return drawSvg(layoutOf(report))
    default:
      throw new TypeError(`A timeline is drawn as 'text' or 'svg', not ${String(format)}`)
  }
}
