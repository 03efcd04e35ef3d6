import { expect } from 'chai'
import { type Fields, fieldsOf, fieldValue, withoutFields } from '../lib/headers.ts'

const pairs: [string, string][] = [
  ['Host', 'a'],
  ['x-one', '1'],
  ['X-Two', '2'],
]

/** The same fields in each form that undici accepts. */
const shapes: readonly (readonly [string, () => Fields])[] = [
  ['a flat list', () => pairs.flat()],
  ['an object', () => Object.fromEntries(pairs)],
  ['a map', () => new Map(pairs)],
  ['a set of pairs', () => new Set(pairs)],
]

describe('fieldsOf', () => {
  for (const [shape, make] of shapes) {
    it(`reads ${shape}`, () => {
      expect(fieldsOf(make())).to.deep.equal(pairs)
    })
  }

  it("reads the platform's Headers", () => {
    const headers = new Headers(pairs)
    expect(fieldsOf(headers)).to.deep.equal([
      ['host', 'a'],
      ['x-one', '1'],
      ['x-two', '2'],
    ])
  })

  for (const none of [null, undefined, [], {}, new Map()]) {
    it(`finds nothing in ${none === null ? 'null' : typeof none}`, () => {
      expect(fieldsOf(none)).to.deep.equal([])
    })
  }

  it('keeps repeated fields, in order', () => {
    const list = ['a', '1', 'b', '2', 'a', '3']
    expect(fieldsOf(list)).to.deep.equal([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ])
  })

  it('reads names that are Buffers', () => {
    const list = [Buffer.from('a'), 'b'] as unknown as string[]
    expect(fieldsOf(list)).to.deep.equal([['a', 'b']])
  })

  const refused: readonly (readonly [string, unknown])[] = [
    ['a list with a name too many', ['a', '1', 'b']],
    ['pairs with a third part', new Set([['a', '1', 'b']])],
    ['pairs that are text', new Set(['a1'])],
  ]
  for (const [name, headers] of refused) {
    it(`refuses ${name}, as undici does`, () => {
      expect(() => fieldsOf(headers as Fields)).to.throw(TypeError)
      expect(() => fieldValue(headers as Fields, 'x')).to.throw(TypeError)
      expect(() => withoutFields(headers as Fields)).to.throw(TypeError)
    })
  }
})

describe('fieldValue', () => {
  for (const [shape, make] of shapes) {
    it(`finds a field in ${shape}, whatever its case`, () => {
      expect(fieldValue(make(), 'host')).to.equal('a')
      expect(fieldValue(make(), 'x-two')).to.equal('2')
    })

    it(`finds no other field in ${shape}`, () => {
      expect(fieldValue(make(), 'x-on')).to.equal(undefined)
      expect(fieldValue(make(), 'x-thr')).to.equal(undefined)
    })
  }

  const values: readonly (readonly [string, unknown])[] = [
    ['null', null],
    ['nothing', ''],
    ['a number', 5],
    ['a list', ['1', '2']],
  ]
  for (const [name, value] of values) {
    it(`returns ${name} unchanged`, () => {
      expect(fieldValue({ 'X-A': value } as Fields, 'x-a')).to.equal(value)
    })
  }

  it('throws for a value that is not an object', () => {
    const wanted = 'Headers must be an object, a list or an iterable, not string'
    expect(() => fieldValue('x-a: 1' as unknown as Fields, 'x-a')).to.throw(TypeError, wanted)
  })

  it('returns the first of several values', () => {
    expect(fieldValue(['a', '1', 'A', '2'], 'a')).to.equal('1')
  })
})

describe('withoutFields', () => {
  for (const [shape, make] of shapes) {
    it(`leaves out the named fields, from ${shape}`, () => {
      const before = make()
      expect(withoutFields(before, 'x-two', 'host')).to.deep.equal(['x-one', '1'])
      expect(fieldsOf(before)).to.deep.equal(pairs)
    })
  }

  it('returns a new flat list when no field is named', () => {
    const list = pairs.flat()
    const copy = withoutFields(list)
    expect(copy).to.deep.equal(list)
    expect(copy).not.to.equal(list)
  })

  it('leaves out repeated fields, and keeps the order of the rest', () => {
    const list = ['a', '1', 'b', '2', 'A', '3', 'c', '4']
    expect(withoutFields(list, 'a')).to.deep.equal(['b', '2', 'c', '4'])
  })

  it('keeps values that are not strings', () => {
    const fields = { a: ['1', '2'], b: 5, c: null } as unknown as Fields
    expect(withoutFields(fields)).to.deep.equal(['a', ['1', '2'], 'b', 5, 'c', null])
  })
})
