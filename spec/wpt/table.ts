import { type Row, type Test, testsOf } from './compare.ts'
import type { FaceName } from './faces.ts'
import { titleOf } from './pages.ts'

/** How many tests of each page pass with each fetch. */
export function tableOf(rows: readonly Row[], faces: readonly FaceName[]): string {
  const counted = rows.map((row) => [titleOf(row.page), testsOf(row)] as const)
  const width = Math.max(...counted.map(([title]) => title.length))
  const all = counted.flatMap(([, tests]) => tests)
  const lines = [
    lineOf('tests that pass', width, [...faces, 'of']),
    ...counted.map(([title, tests]) => lineOf(title, width, countsOf(tests, faces))),
    lineOf('all', width, countsOf(all, faces)),
  ]
  return lines.join('\n')
}

function countsOf(tests: readonly Test[], faces: readonly FaceName[]): string[] {
  const passed = faces.map((face) => tests.filter(({ results }) => results.get(face) === null))
  return [...passed.map(({ length }) => String(length)), String(tests.length)]
}

function lineOf(title: string, width: number, cells: readonly string[]): string {
  return title.padEnd(width) + cells.map((cell) => cell.padStart(10)).join('')
}
