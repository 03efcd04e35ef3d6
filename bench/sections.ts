import type { Section } from './section.ts'
import { accepted } from './sections/accepted.ts'
import { below } from './sections/below.ts'
import { cost } from './sections/cost.ts'
import { growth } from './sections/growth.ts'
import { idle } from './sections/idle.ts'
import { origin } from './sections/origin.ts'
import { refused } from './sections/refused.ts'
import { replayed } from './sections/replayed.ts'
import { silent } from './sections/silent.ts'

/** All sections, in the order of the report. */
export const sections: readonly Section[] = [
  origin,
  accepted,
  refused,
  replayed,
  silent,
  below,
  cost,
  growth,
  idle,
]
