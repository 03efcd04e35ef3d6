import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { requirements } from './requirements.ts'

describe('the requirements of the draft for clients', () => {
  for (const { section, level, text, proof } of requirements) {
    it(`${section}, ${level}: ${text}`, () => {
      if (typeof proof === 'string') return
      const [file, title] = proof
      const specs = readFileSync(new URL(`./${file}.spec.ts`, import.meta.url), 'utf8')
      const titles = specs.match(/\bit\(\s*(?:'[^']*'|`[^`]*`)/g)?.join('\n') ?? ''
      expect(titles, `${file}.spec.ts`).to.include(title)
    })
  }
})
