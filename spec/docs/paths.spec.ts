import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

describe('the files that a page names', () => {
  for (const page of ['README.md', 'SECURITY.md', 'CONTRIBUTING.md']) {
    it(`exist: ${page}`, () => {
      const text = readFileSync(page, 'utf8')
      const named = text.match(/\b(?:spec|lib|docs|examples|bench)\/[\w./-]*\w\.\w+/g) ?? []
      expect(named).not.to.deep.equal([])
      expect(named.filter((path) => !existsSync(path))).to.deep.equal([])
    })
  }
})
