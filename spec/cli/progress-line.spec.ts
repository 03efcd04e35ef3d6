import { expect } from 'chai'
import stringWidth from 'string-width'
import { progressLines } from '../../lib/cli/progress-line.ts'
import type { Progress } from '../../lib/index.ts'

const mebi = 1_048_576
const sending: Progress = { phase: 'sending', sent: 48 * mebi, total: 100 * mebi, rate: 4 * mebi }
const waiting: Progress = { phase: 'waiting', sent: 0, total: 100 * mebi, rate: 0 }
const unknown: Progress = { phase: 'sending', sent: 48 * mebi, total: null, rate: 4 * mebi }

function linesOf(columns: number, name = 'video.h264'): string[] {
  return progressLines(
    [sending, waiting, unknown].map((progress) => ({ name, progress })),
    columns,
  )
}

describe('progressLines', () => {
  it('shows everything on a wide screen', () => {
    expect(linesOf(140)).to.deep.equal([
      'video.h264  sending     [==========================>                               ]   48%     48 MiB of 100 MiB   4.0 MiB/s      0:13',
      'video.h264  waiting     [                                                          ]    0%        0 B of 100 MiB',
      'video.h264  sending     48 MiB                                                                                     4.0 MiB/s',
    ])
  })

  it('leaves out the bytes on a screen of 80 columns', () => {
    expect(linesOf(80)).to.deep.equal([
      'video.h264  sending     [===========>             ]   48%   4.0 MiB/s      0:13',
      'video.h264  waiting     [                         ]    0%',
      'video.h264  sending     48 MiB                              4.0 MiB/s',
    ])
  })

  for (const [columns, line] of [
    [60, 'video.h264  sending      48%   4.0 MiB/s      0:13'],
    [50, 'video.h264  sending      48%   4.0 MiB/s'],
    [35, 'video.h264  sending      48%'],
  ] as const) {
    it(`omits what does not fit on ${columns} columns`, () => {
      expect(linesOf(columns)[0]).to.equal(line)
    })
  }

  it('keeps both ends of a long name', () => {
    const [line] = linesOf(80, 'the-first-part-of-a-series.h264')
    expect(line).to.match(/^the-first…ries.h264 {2}sending/)
  })

  it('prints nothing that would move the cursor', () => {
    const [line] = linesOf(80, 'a\u001b[2J\r\n\u202eb')
    expect(line).to.match(/^a\ufffd\[2J\ufffd\ufffd\ufffdb {2}/)
  })

  for (const columns of [140, 80, 60, 40, 20, 10]) {
    for (const name of [
      'a',
      'a-long-name'.repeat(20),
      '長い名前のファイル'.repeat(9),
      '👩‍👩‍👧'.repeat(60),
    ]) {
      it(`stays within ${columns} columns, with ${name.slice(0, 12)}`, () => {
        for (const line of linesOf(columns, name)) {
          expect(stringWidth(line), line).to.be.at.most(columns - 1)
        }
      })
    }
  }
})
