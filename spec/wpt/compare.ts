import type { FaceName } from './faces.ts'
import { intention } from './intended.ts'
import type { Page } from './pages.ts'
import type { Outcome, Result } from './run.ts'

/** One page with every fetch that ran it. */
export interface Row {
  readonly page: Page
  readonly outcomes: ReadonlyMap<FaceName, Outcome>
}

/** One test, and how it ended with every fetch. */
export interface Test {
  readonly page: Page
  readonly name: string
  readonly results: ReadonlyMap<FaceName, Result>
}

/** What can be said of a test and a fetch of ours; there must be none that is `lost`. */
export type TestClass = 'passes' | 'gained' | 'lost' | 'platform' | 'intended' | 'fails'

/** All tests of a page. */
export function testsOf({ page, outcomes }: Row): Test[] {
  const names = new Set([...outcomes.values()].flatMap(({ results }) => [...results.keys()]))
  return [...names].map((name) => {
    const results = [...outcomes].map(([face, outcome]) => [face, resultOf(outcome, name)] as const)
    return { page, name, results: new Map(results) }
  })
}

/** How a fetch of ours did beside undici's, and why it did not do as well. */
export function verdictOf(test: Test, face: FaceName): TestClass {
  const own = test.results.get(face) ?? null
  const undici = test.results.get('undici') ?? null
  if (own === null) return undici === null ? 'passes' : 'gained'
  if (undici !== null || !test.results.has('undici')) return 'fails'
  // What the platform's own fetch and classes fail with is not of our making.
  const platform = test.results.get('platform') ?? null
  if (platform !== null && steady(platform) === steady(own)) return 'platform'
  return intention(test) === null ? 'lost' : 'intended'
}

/** Ports and tokens differ from run to run. */
function steady(message: string): string {
  return message.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'token').replace(/\d{2,}/g, 'number')
}

function resultOf({ results, faults }: Outcome, name: string): Result {
  const result = results.get(name)
  return result === undefined ? (faults[0] ?? 'did not begin') : result
}
