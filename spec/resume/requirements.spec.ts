import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { requirements } from './requirements.ts'

describe('what the draft wants of clients', () => {
  for (const { section, level, text, shown } of requirements) {
    it(`${section}, ${level}: ${text}`, () => {
      if (typeof shown === 'string') return
      const [file, title] = shown
      const specs = readFileSync(new URL(`./${file}.spec.ts`, import.meta.url), 'utf8')
      const titles = specs.match(/\bit\(\s*(?:'[^']*'|`[^`]*`)/g)?.join('\n') ?? ''
      expect(titles, `${file}.spec.ts`).to.include(title)
    })
  }
})
