import { expect } from 'chai'
import { bytesText, clockText, millisecondsText } from '../../lib/cli/amount.ts'

describe('bytesText', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KiB'],
    [10_188, '9.9 KiB'],
    [10_189, '10 KiB'],
    [1_023_487, '999 KiB'],
    [1_023_488, '1.0 MiB'],
    [5_368_709_120, '5.0 GiB'],
    [2 ** 50, '1024 TiB'],
  ] as const) {
    it(`formats ${bytes} as ${text}`, () => expect(bytesText(bytes)).to.equal(text))
  }
})

describe('clockText', () => {
  for (const [seconds, text] of [
    [0.2, '0:01'],
    [59.5, '1:00'],
    [3599, '59:59'],
    [3600, '1:00:00'],
  ] as const) {
    it(`formats ${seconds} as ${text}`, () => expect(clockText(seconds)).to.equal(text))
  }
})

describe('millisecondsText', () => {
  for (const [ms, text] of [
    [0.4, '0 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [90_000, '90.0 s'],
  ] as const) {
    it(`formats ${ms} as ${text}`, () => expect(millisecondsText(ms)).to.equal(text))
  }
})
