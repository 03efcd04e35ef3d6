import { readFileSync } from 'node:fs'
import { expect } from 'chai'

describe('the README', () => {
  it('holds the comparison as it was measured', () => {
    const measured = readFileSync('docs/comparison.md', 'utf8')
    const table = measured.slice(measured.indexOf('| client'))
    expect(table).to.include('expect-continue')
    expect(readFileSync('README.md', 'utf8')).to.include(table)
  })
})
