import type { FaceName } from './faces.ts'
import { intention } from './intended.ts'
import type { Page } from './pages.ts'
import type { Outcome, Result } from './run.ts'

/** One page with the results of each fetch. */
export interface Row {
  readonly page: Page
  readonly outcomes: ReadonlyMap<FaceName, Outcome>
}

/** One test with the results of each fetch. */
export interface Test {
  readonly page: Page
  readonly name: string
  readonly results: ReadonlyMap<FaceName, Result>
}

/** The verdict on a test and one of our fetches; no test may be `lost`. */
export type TestClass = 'passes' | 'gained' | 'lost' | 'platform' | 'intended' | 'fails'

/** All tests of a page. */
export function testsOf({ page, outcomes }: Row): Test[] {
  const names = new Set([...outcomes.values()].flatMap(({ results }) => [...results.keys()]))
  return [...names].map((name) => {
    const results = [...outcomes].map(([face, outcome]) => [face, resultOf(outcome, name)] as const)
    return { page, name, results: new Map(results) }
  })
}

/** Compares one of our fetches with undici's, and gives the reason of a difference. */
export function verdictOf(test: Test, face: FaceName): TestClass {
  const own = test.results.get(face) ?? null
  const undici = test.results.get('undici') ?? null
  if (own === null) return undici === null ? 'passes' : 'gained'
  if (undici !== null || !test.results.has('undici')) return 'fails'
  // A failure of the platform's own fetch and classes is not caused by this package.
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
