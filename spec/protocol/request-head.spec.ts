import { expect } from 'chai'
import { contentHead } from '../../lib/protocol/request-head.ts'

const line = 'PUT /$&/$1 HTTP/1.1'
const fields = ['host: uploads.example', 'x-note: \u00fc $$ $`']

function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

describe('contentHead', () => {
  const framings: [string, number | null, string][] = [
    ['a length', 3, 'content-length: 3'],
    ['a length of 0', 0, 'content-length: 0'],
    ['a large length', Number.MAX_SAFE_INTEGER, 'content-length: 9007199254740991'],
    ['chunks', null, 'transfer-encoding: chunked'],
  ]
  for (const [name, length, framing] of framings) {
    it(`replaces a length of 0 by ${name}`, () => {
      const given = head(line, ...fields, 'content-length: 0')
      const wanted = head(line, ...fields, framing)
      expect(contentHead(given, { length, asks: false })).to.equal(wanted)
    })

    it(`adds ${name} to a head without framing`, () => {
      const wanted = head(line, ...fields, framing)
      expect(contentHead(head(line, ...fields), { length, asks: false })).to.equal(wanted)
    })

    it(`puts the expectation after ${name}`, () => {
      const given = head(line, ...fields, 'content-length: 0')
      const wanted = head(line, ...fields, framing, 'expect: 100-continue')
      expect(contentHead(given, { length, asks: true })).to.equal(wanted)
    })
  }

  it('adds fields to a head without fields', () => {
    expect(contentHead(head(line), { length: 1, asks: true })).to.equal(
      head(line, 'content-length: 1', 'expect: 100-continue'),
    )
  })

  it('does not change fields that look like the framing', () => {
    const lookalikes = ['x: content-length: 0', 'content-length: 0', 'x-content-length: 0']
    expect(contentHead(head(line, ...lookalikes), { length: 1, asks: false })).to.equal(
      head(line, ...lookalikes, 'content-length: 1'),
    )
  })

  const others: [string, string][] = [
    ['nothing', ''],
    ['content', 'abc'],
    ['a head without its end', `${line}\r\n${fields[0]}\r\n`],
    ['a head with content after it', `${head(line)}abc`],
    ['a blank line with line feeds alone', `${line}\n\n`],
  ]
  for (const [name, text] of others) {
    it(`returns null for ${name}`, () => {
      expect(contentHead(text, { length: 1, asks: true })).to.equal(null)
    })
  }
})
