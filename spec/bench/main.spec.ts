import { expect } from 'chai'
import { planOf } from '../../bench/main.ts'
import { sections } from '../../bench/sections.ts'

/** The plan with the names of its sections. */
function planned(...args: string[]): unknown {
  const plan = planOf(args)
  return typeof plan === 'string'
    ? plan
    : { ...plan, sections: plan.sections.map(({ name }) => name) }
}

const all = sections.map(({ name }) => name)

describe('planOf', () => {
  const table: readonly [readonly string[], unknown][] = [
    [[], { sections: all, rounds: 5, write: true }],
    [['--rounds', '9'], { sections: all, rounds: 9, write: true }],
    [['--section', 'never,refused'], { sections: ['refused', 'never'], rounds: 5, write: false }],
    [['--section', 'never', '--write'], { sections: ['never'], rounds: 5, write: true }],
    [['--rounds', '0'], '--rounds must be a whole number above 0'],
    [['--section', 'never,odd'], `There is no 'odd'; there are ${all.join(', ')}`],
  ]
  for (const [args, plan] of table) {
    it(`reads "${args.join(' ')}"`, () => {
      expect(planned(...args)).to.deep.equal(plan)
    })
  }

  it('names the unknown argument', () => {
    expect(planned('--fast')).to.contain("Unknown option '--fast'")
  })
})
