import { expect } from 'chai'
import { styleSheet } from '../../../lib/report/timeline/style-sheet.ts'

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function fillOf(name: string, rules: string): string {
  return new RegExp(`\\${name} \\{ fill: (#\\w{6})`).exec(rules)?.[1] ?? ''
}

describe('the colours of a timeline', () => {
  const [light = '', dark = ''] = styleSheet.split('@media')
  for (const [scheme, rules] of Object.entries({ light, dark })) {
    for (const name of ['.expect-timeline text', '.at']) {
      it(`have enough contrast in ${scheme}: ${name}`, () => {
        expect(contrast(fillOf(name, rules), fillOf('.paper', rules))).to.be.at.least(4.5)
      })
    }

    for (const name of ['.content', '.final', '.broken']) {
      it(`differ from their background in ${scheme}: ${name}`, () => {
        expect(contrast(fillOf(name, rules), fillOf('.track', rules))).to.be.at.least(3)
      })
    }
  }
})
