import { expect } from 'chai'
import type { UploadReport } from '../../../lib/report/report.ts'
import { renderTimeline, type TimelineFormat } from '../../../lib/report/timeline/timeline.ts'
import { attemptReport, refusedReport, uploadReport } from '../../support/reports.ts'

describe('renderTimeline', () => {
  it('accepts only the formats text and SVG', () => {
    expect(() => renderTimeline(uploadReport(), 'png' as TimelineFormat)).to.throw(
      TypeError,
      "A timeline is drawn as 'text' or 'svg', not png",
    )
  })

  it('does not change the report', () => {
    const report = refusedReport()
    const before = structuredClone(report)
    renderTimeline(report, 'text')
    renderTimeline(report, 'svg')
    expect(report).to.deep.equal(before)
  })

  it('draws a saved report', () => {
    const report = uploadReport()
    const saved = JSON.parse(JSON.stringify(report)) as UploadReport
    expect(renderTimeline(saved, 'text')).to.equal(renderTimeline(report, 'text'))
  })

  const none = { asked: false, headAtMs: null, contentAtMs: null, contentEndAtMs: null }
  const atOnce = attemptReport({ ...none, interim: [], sentBytes: 0, statusAtMs: 0 })

  it('draws an upload without duration', () => {
    const report = uploadReport({ waitedMs: 0, sentBytes: 1, attempts: [atOnce] })
    expect(renderTimeline(report, 'text').split('\n')).to.deep.equal([
      'continued: 201, 1 byte sent',
      '#1 PUT http://uploads.example/videos/1',
      `     0.0 ms  < 201                         │`,
    ])
    expect(renderTimeline(report, 'svg')).not.to.match(/NaN|Infinity/)
  })

  it('draws an upload without attempts', () => {
    const report = uploadReport({ outcome: 'not-asked', waitedMs: 0, sentBytes: 0, attempts: [] })
    expect(renderTimeline(report, 'text')).to.equal('not-asked: no response, 0 bytes sent')
    expect(renderTimeline(report, 'svg')).not.to.match(/NaN|Infinity/)
  })

  it('stays within 80 columns', () => {
    const url = `http://uploads.example/${'very/'.repeat(30)}video.h264`
    const long = 12_345_678.9
    const report = refusedReport({ url, statusAtMs: long, reason: 'fresh-connection' })
    const wide = {
      ...report,
      waitedMs: long,
      sentBytes: 1023 * 2 ** 40,
      savedBytes: 1023 * 2 ** 40,
    }
    const lines = renderTimeline(wide, 'text').split('\n')
    expect(Math.max(...lines.map(({ length }) => length))).to.equal(80)
    expect(lines[1]).to.match(/^#1 PUT \(fresh-connection\) http:\/\/.*…\/.*video\.h264$/)
  })

  it('escapes control characters of a report', () => {
    const report = refusedReport({ url: 'http://uploads.example/\u001b[2J\u202e', method: 'P\nT' })
    const picture = renderTimeline(report, 'text')
    expect(picture.split('\n')[1]).to.equal('#1 P\ufffdT http://uploads.example/\ufffd[2J\ufffd')
  })

  for (const wrong of [null, undefined, {}, 'report']) {
    it(`rejects ${JSON.stringify(wrong)}`, () => {
      expect(() => renderTimeline(wrong as unknown as UploadReport, 'text')).to.throw(
        TypeError,
        'A timeline is drawn from an UploadReport',
      )
    })
  }
})
