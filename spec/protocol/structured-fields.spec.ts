import { expect } from 'chai'
import {
  type FieldValue,
  parseBoolean,
  parseDictionary,
  parseInteger,
} from '../../lib/protocol/structured-fields.ts'

const integers: readonly (readonly [FieldValue, number | null])[] = [
  ['0', 0],
  ['5000000', 5_000_000],
  [' 7 ', 7],
  ['007', 7],
  ['999999999999999', 999_999_999_999_999],
  ['7;a=1; b', 7],
  [['7'], 7],
  [undefined, null],
  ['', null],
  ['-1', null],
  ['+1', null],
  ['1.0', null],
  ['0x10', null],
  ['"7"', null],
  ['?1', null],
  ['seven', null],
  ['7, 7', null],
  [['7', '7'], null],
  ['1234567890123456', null],
  ['7;A=1', null],
  ['7 7', null],
]

describe('parseInteger', () => {
  for (const [value, wanted] of integers) {
    it(`parses ${JSON.stringify(value) ?? 'nothing'} as ${wanted}`, () => {
      expect(parseInteger(value)).to.equal(wanted)
    })
  }
})

const booleans: readonly (readonly [FieldValue, boolean | null])[] = [
  ['?1', true],
  ['?0', false],
  [' ?1;a="b"', true],
  [undefined, null],
  ['', null],
  ['1', null],
  ['true', null],
  ['?2', null],
  ['?1, ?1', null],
  [['?1', '?1'], null],
]

describe('parseBoolean', () => {
  for (const [value, wanted] of booleans) {
    it(`parses ${JSON.stringify(value) ?? 'nothing'} as ${wanted}`, () => {
      expect(parseBoolean(value)).to.equal(wanted)
    })
  }
})

const dictionaries: readonly (readonly [FieldValue, Record<string, string> | null])[] = [
  [undefined, {}],
  ['max-size=10', { 'max-size': '10' }],
  ['min-size=0,max-size=10', { 'min-size': '0', 'max-size': '10' }],
  ['min-size=0 \t, \tmax-size=10', { 'min-size': '0', 'max-size': '10' }],
  [['min-size=0', 'max-size=10'], { 'min-size': '0', 'max-size': '10' }],
  ['a=1, a=2', { a: '2' }],
  ['a', { a: '?1' }],
  ['a;b=2, c=-1.5;d', { a: '?1', c: '-1.5' }],
  ['a="x, \\"y\\"", b=t/o:k, c=:YQ==:, d=@1, e=?0', { ...wordy() }],
  ['a=(1 "b"  c;d);e, *f=()', { a: '(1 "b"  c;d)', '*f': '()' }],
  ['a=1,', null],
  [',a=1', null],
  ['a=1,,b=2', null],
  ['A=1', null],
  ['a=', null],
  ['a=1 b=2', null],
  ['a="x', null],
  ['a=(1', null],
  ['a=(1"b")', null],
  ['max-size=ten gigabytes', null],
]

function wordy(): Record<string, string> {
  return { a: '"x, \\"y\\""', b: 't/o:k', c: ':YQ==:', d: '@1', e: '?0' }
}

describe('parseDictionary', () => {
  for (const [value, wanted] of dictionaries) {
    it(`parses ${JSON.stringify(value) ?? 'nothing'}`, () => {
      const found = parseDictionary(value)
      expect(found === null ? null : Object.fromEntries(found)).to.deep.equal(wanted)
    })
  }

  // A regular expression with backtracking would never finish on such a text.
  for (const [name, text] of [
    ['spaces', `a=(${' '.repeat(50_000)}!`],
    ['letters', `a=(${'a'.repeat(50_000)}!`],
    ['items', `a=(${'a '.repeat(25_000)}!`],
    ['parameters', `a${' ;a'.repeat(17_000)}!`],
    ['members', `${'a=1,'.repeat(12_000)}!`],
  ] as const) {
    it(`rejects many ${name} with a bad end in linear time`, () => {
      expect(parseDictionary(text)).to.equal(null)
    })
  }
})
