import { expect } from 'chai'
import { bytesText, timeText } from '../../../lib/report/timeline/wording.ts'

describe('bytesText', () => {
  const texts: readonly (readonly [number, string])[] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [1_048_524, '1023.9 KiB'],
    [1_048_525, '1.0 MiB'],
    [50_331_648, '48.0 MiB'],
    [2 ** 40, '1.0 TiB'],
    [2 ** 60, '1024.0 PiB'],
  ]
  for (const [bytes, text] of texts) {
    it(`formats ${bytes} as ${text}`, () => {
      expect(bytesText(bytes)).to.equal(text)
    })
  }
})

describe('timeText', () => {
  const texts: readonly (readonly [number, string])[] = [
    [0, '0.0 ms'],
    [0.4, '0.4 ms'],
    [9999.9, '9999.9 ms'],
    [10_000, '10.0 s'],
    [3_600_000, '3600.0 s'],
  ]
  for (const [milliseconds, text] of texts) {
    it(`formats ${milliseconds} as ${text}`, () => {
      expect(timeText(milliseconds)).to.equal(text)
    })
  }
})
