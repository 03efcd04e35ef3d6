import { expect } from 'chai'
import { caseTable } from '../../bench/case-table.ts'
import { plotOf } from '../../bench/plots.ts'
import { rawOf } from '../../bench/raw.ts'
import { type Run, reportOf } from '../../bench/report.ts'
import type { CaseResult, Sample, SectionResult } from '../../bench/result.ts'
import type { Section } from '../../bench/section.ts'
import { sections } from '../../bench/sections.ts'

const sample: Sample = {
  seconds: 0.5,
  cpuSeconds: 0.25,
  peakBytes: 3_000_000,
  contentBytes: 1_000_000,
  waits: [],
  originCpuSeconds: 0.125,
}

function resultOf({ cases, name }: Section): SectionResult {
  return {
    name,
    cases: cases.map(({ name, uploads, parallel = 1, content, candidates }): CaseResult => {
      const samples = candidates.map((candidate, at) => [
        candidate,
        [1, 2, 3].map((round) => ({ ...sample, seconds: (at + 1) * round, waits: [3, 1, 2] })),
      ])
      const bytes = uploads * content.size
      return { name, uploads, parallel, bytes, samples: Object.fromEntries(samples) }
    }),
  }
}

const run: Run = {
  machine: {
    processor: 'Abacus',
    cores: 2,
    memory: 4,
    system: 'Linux',
    node: '24.0.0',
    curl: '8.0.0',
    counters: false,
  },
  rounds: 3,
  results: sections.map(resultOf),
}

describe('caseTable', () => {
  const result: CaseResult = {
    name: 'small',
    bytes: 1_000_000,
    uploads: 10,
    parallel: 1,
    samples: {
      upload: [sample, sample, sample],
      curl: [1, 2, 0.5].map((seconds) => ({ ...sample, seconds, cpuSeconds: null })),
    },
  }

  it('shows medians, and what the first candidate is to each other one', () => {
    expect(caseTable(result, { columns: ['time', 'cpuEach'], compared: 'time' })).to.equal(
      [
        '| small         | ms per upload | CPU µs per upload | ms per upload: upload (ours) / this |',
        '| ------------- | ------------: | ----------------: | ----------------------------------: |',
        '| upload (ours) |         50.00 |             25000 |                                     |',
        '| curl -T       |        100.00 |                   |                 0.50 (0.25 to 1.00) |',
      ].join('\n'),
    )
  })
})

describe('reportOf', () => {
  it('shows the machine, the goals, and every section with its plots', () => {
    const text = reportOf(run, sections)
    expect(text).to.contain('Abacus, 2 cores')
    expect(text).to.match(/\d+ of \d+ reached\./)
    for (const { title, cases } of sections) {
      expect(text).to.contain(`\n## ${title}\n`)
      for (const { name } of cases) expect(text).to.contain(`\n| ${name} `)
    }
    expect(text).to.contain('](benchmarks-accepted-rate.svg)')
    expect(text).not.to.match(/undefined|NaN/)
  })
})

describe('plotOf', () => {
  for (const section of sections) {
    for (const shown of section.plots) {
      it(`draws ${section.name}, ${shown.metric}`, () => {
        const svg = plotOf(shown, section, resultOf(section))
        expect(svg).to.match(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
        expect(svg).to.contain('(ours)')
        expect(svg).not.to.match(/undefined|NaN/)
      })
    }
  }
})

describe('rawOf', () => {
  it('keeps every number', () => {
    const text = rawOf(run)
    const [{ cases }] = JSON.parse(text).sections
    expect(cases[0].candidates.raw).to.deep.include({
      seconds: [1, 2, 3],
      peakBytes: [3e6, 3e6, 3e6],
      waitMs: [
        [3, 1, 2],
        [3, 1, 2],
        [3, 1, 2],
      ],
    })
    expect(text).to.contain('"seconds": [ 1, 2, 3 ]')
  })
})
