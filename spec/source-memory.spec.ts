import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { Counted, nextOf, sourceOf, turn, viewOf } from './support/sources.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** A source whose view was abandoned before it asked, in the middle of that, or after a cancel. */
function abandoned(when: 'before' | 'meanwhile' | 'cancel'): WeakRef<object> {
  const source = sourceOf(new Counted('ab', 'c'))
  const view = viewOf(source, { held: true })
  if (when === 'meanwhile') nextOf(view).catch(() => {})
  if (when === 'cancel') source.cancel()
  else viewOf(source)
  nextOf(view).catch(() => {})
  return new WeakRef(source)
}

describe('a Source that nobody holds', () => {
  for (const when of ['before', 'meanwhile', 'cancel'] as const) {
    it(`is not held by a view that asks in vain, abandoned ${when}`, async () => {
      const source = abandoned(when)
      await turn()
      collect()
      expect(source.deref()).to.equal(undefined)
    })
  }
})
