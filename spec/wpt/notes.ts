import { type Test, type TestClass, verdictOf } from './compare.ts'
import type { FaceName } from './faces.ts'
import { intention } from './intended.ts'
import { titleOf } from './pages.ts'

const headings: readonly (readonly [TestClass, string])[] = [
  ['lost', "Fails, and passes with undici's fetch"],
  ['intended', "Fails on purpose, and passes with undici's fetch"],
  ['platform', "Fails as with the platform's fetch, and passes with undici's"],
  ['gained', "Passes, and fails with undici's fetch"],
  ['fails', "Fails, and with undici's fetch too"],
]

/** Notes on all tests that did not simply pass with these fetches. */
export function notesOn(tests: readonly Test[], faces: readonly FaceName[]): string {
  const sections = headings.map(([verdict, heading]) => {
    const found = tests.filter((test) => facesOf(test, faces, verdict).length > 0)
    const title = `${heading}: ${found.length === 0 ? 'none' : found.length}`
    return [title, ...paragraphsOf(found, faces, verdict)].join('\n')
  })
  return sections.join('\n\n')
}

function facesOf(test: Test, faces: readonly FaceName[], verdict: TestClass): FaceName[] {
  return faces.filter((face) => verdictOf(test, face) === verdict)
}

/** One paragraph for all tests of a page that failed for the same reason. */
function paragraphsOf(
  tests: readonly Test[],
  faces: readonly FaceName[],
  verdict: TestClass,
): string[] {
  const names = new Map<string, string[]>()
  for (const test of tests) {
    const found = facesOf(test, faces, verdict)
    const key = `  ${titleOf(test.page)} [${found.join(', ')}]\n    why: ${whyOf(test, found, verdict)}`
    names.set(key, [...(names.get(key) ?? []), oneLine(test.name)])
  }
  return [...names].map(([key, all]) => [key, ...shortened(all, verdict)].join('\n    - '))
}

/** One test is enough where undici's fetch fails too. */
function shortened(names: readonly string[], verdict: TestClass): readonly string[] {
  if (verdict !== 'fails' || names.length < 3) return names
  return [...names.slice(0, 1), `and ${names.length - 1} more`]
}

function whyOf(test: Test, [face = 'ours']: readonly FaceName[], verdict: TestClass): string {
  const meant = verdict === 'intended' ? intention(test) : null
  return oneLine(meant ?? test.results.get(verdict === 'gained' ? 'undici' : face) ?? '')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 160)
}
