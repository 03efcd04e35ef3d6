import { writeFileSync } from 'node:fs'
import { plotOf } from './plots.ts'
import { rawOf } from './raw.ts'
import { plotFile, type Run, reportOf } from './report.ts'
import type { Section } from './section.ts'

const docs = new URL('../docs/', import.meta.url)

/** Writes the report, its plots and the raw numbers to docs/. */
export function write(run: Run, sections: readonly Section[]): void {
  for (const result of run.results) {
    const section = sections.find(({ name }) => name === result.name)
    for (const shown of section?.plots ?? []) {
      if (section === undefined) continue
      writeFileSync(new URL(plotFile(section, shown), docs), plotOf(shown, section, result))
    }
  }
  writeFileSync(new URL('benchmarks.json', docs), rawOf(run))
  writeFileSync(new URL('benchmarks.md', docs), reportOf(run, sections))
}
