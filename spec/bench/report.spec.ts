import { expect } from 'chai'
import type { Result, Sample, SectionResult } from '../../bench/metrics.ts'
import { plotOf } from '../../bench/plots.ts'
import {
  goalsReached,
  goalsTable,
  type Run,
  rawOf,
  reportOf,
  resultTable,
  spreadText,
  standingsOf,
} from '../../bench/report.ts'
import type { Goal, Section } from '../../bench/section.ts'
import { sections } from '../../bench/sections.ts'

const sample: Sample = {
  seconds: 0.5,
  cpuSeconds: 0.25,
  peakBytes: 3_000_000,
  contentBytes: 1_000_000,
  waits: [],
  originCpuSeconds: 0.125,
}

function samples(...seconds: number[]): Sample[] {
  return seconds.map((each) => ({ ...sample, seconds: each, peakBytes: null }))
}

function resultOf({ cases, name }: Section): SectionResult {
  const results = cases.flatMap(({ rows, candidates }) =>
    rows.flatMap(({ name = '', condition = 'first', size, uploads, parallel = 1 }): Result[] => {
      if (name === '') return []
      const values = candidates.map((candidate, at) => [
        candidate,
        [1, 2, 3].map((round) => ({ ...sample, seconds: (at + 1) * round, waits: [3, 1, 2] })),
      ])
      const bytes = uploads * size
      return [{ name, condition, uploads, parallel, bytes, samples: Object.fromEntries(values) }]
    }),
  )
  return { name, results }
}

const run: Run = {
  machine: {
    processor: 'Abacus',
    cores: 2,
    memory: 4,
    system: 'Linux',
    node: '24.0.0',
    curl: '8.0.0',
    load: 0.1,
  },
  rounds: 3,
  results: sections.map(resultOf),
}

const result: Result = {
  name: 'small',
  condition: 'compiled',
  bytes: 1_000_000,
  uploads: 10,
  parallel: 1,
  samples: {
    upload: samples(0.5, 1, 2),
    undici: samples(0.5, 0.5, 0.5),
    curl: [1, 2, 0.5].map((seconds) => ({ ...sample, seconds, cpuSeconds: null })),
  },
}

const section: Section = {
  name: 'accepted',
  title: 'Accepted',
  text: '',
  columns: ['time', 'cpuEach'],
  compared: 'time',
  plots: [],
  cases: [],
  goals: [],
}

const goal: Goal = {
  metric: 'rate',
  rows: ['small'],
  ours: ['upload'],
  per: 'undici',
  atLeast: 0.5,
}

const standing = (changed: Partial<Goal>) => {
  const goals = [{ ...goal, ...changed }]
  return standingsOf({ ...section, goals }, { name: 'accepted', results: [result] })
}

describe('standingsOf', () => {
  it('divides our number by that of the peer in each round', () => {
    const [found] = standing({})
    expect(found?.reached).to.deep.equal({
      compiled: { spread: { median: 0.5, min: 0.25, max: 1 }, is: true },
    })
  })

  const limits: readonly [Partial<Goal>, boolean][] = [
    [{ atLeast: 0.51 }, false],
    [{ atLeast: 0.504 }, false],
    [{ metric: 'time', atLeast: 0, atMost: 2 }, true],
    [{ metric: 'time', atLeast: 0, atMost: 1.99 }, false],
  ]
  for (const [changed, reached] of limits) {
    it(`judges ${JSON.stringify(changed)} as ${reached ? 'reached' : 'not reached'}`, () => {
      expect(standing(changed)[0]?.reached.compiled?.is).to.equal(reached)
    })
  }

  it('judges a number without a peer, and omits what was not measured', () => {
    const { per: _per, ...alone } = goal
    const goals: Goal[] = [{ ...alone, metric: 'content', atLeast: 1 }]
    const own = standingsOf({ ...section, goals }, { name: 'accepted', results: [result] })
    expect(own[0]?.reached.compiled?.spread).to.deep.equal({ median: 1, min: 1, max: 1 })
    expect(standing({ rows: ['large'] })).to.deep.equal([])
    expect(standing({ per: 'http' })).to.deep.equal([])
    expect(standing({ ours: ['never'] })).to.deep.equal([])
    expect(standing({ metric: 'peak' })).to.deep.equal([])
  })
})

describe('goalsTable', () => {
  it('has a row for each goal that was measured, with a column for each condition', () => {
    const first = { ...result, condition: 'first' } as const
    const results = [first, result]
    const goals = [goal, { ...goal, atLeast: 1 }]
    const standings = standingsOf({ ...section, goals }, { name: 'accepted', results })
    const rows = goalsTable(standings).split('\n').slice(2)
    const what = 'small: MB/s, upload (ours) / undici request, without'
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()))
    expect(cells).to.deep.equal([
      ['', what, '≥ 0.5', '0.50 (0.25 to 1.00)', '0.50 (0.25 to 1.00)', ''],
      ['', what, '≥ 1', '**0.50 (0.25 to 1.00)**', '**0.50 (0.25 to 1.00)**', ''],
    ])
    expect(goalsReached(standings)).to.equal('2 of 4 reached; bold ones are not.')
  })
})

describe('spreadText', () => {
  it('prints no negative zero', () => {
    expect(spreadText({ median: -0.001, min: -0.01, max: 0.126 })).to.equal('0.00 (-0.01 to 0.13)')
  })
})

describe('the goals', () => {
  for (const { name, cases, goals } of sections) {
    for (const { rows, ours, per, metric } of goals) {
      for (const row of name === 'import' ? [] : rows) {
        it(`are measured: ${row}, ${metric} / ${per ?? 'nothing'}`, () => {
          const measured = cases.filter((each) => each.rows.some((other) => other.name === row))
          expect(measured).to.have.lengthOf(1)
          const peers = per === undefined ? [] : [per]
          expect(measured[0]?.candidates).to.include.members([...ours, ...peers])
        })
      }
    }
  }
})

describe('resultTable', () => {
  it('shows medians, and the ratio of the first candidate to each other one', () => {
    const { upload = [], curl = [] } = result.samples
    const table = resultTable({ ...result, samples: { upload, curl } }, section)
    expect(table).to.equal(
      [
        '| small (compiled) | ms per upload | CPU µs per upload | ms per upload: upload (ours) / this |',
        '| ---------------- | ------------: | ----------------: | ----------------------------------: |',
        '| upload (ours)    |       100.000 |             25000 |                                     |',
        '| curl -T          |       100.000 |                   |                 0.50 (0.50 to 4.00) |',
      ].join('\n'),
    )
  })
})

describe('reportOf', () => {
  it('shows the machine, the goals, and every section with its plots', () => {
    const text = reportOf(run, sections)
    expect(text).to.contain('Abacus, 2 cores')
    expect(text).to.match(/\d+ of \d+ reached;/)
    for (const { title, cases } of sections) {
      expect(text).to.contain(`\n## ${title}\n`)
      const names = cases.flatMap(({ rows }) => rows.flatMap(({ name }) => name ?? []))
      for (const name of names) expect(text).to.contain(`\n| ${name} (`)
    }
    expect(text).to.contain('](benchmarks-accepted-rate.svg)')
    expect(text).not.to.match(/undefined|NaN/)
  })
})

describe('plotOf', () => {
  for (const section of sections) {
    for (const table of section.plots) {
      it(`draws ${section.name}, ${table.metric}`, () => {
        const svg = plotOf(table, section, resultOf(section))
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
    const [{ rows }] = JSON.parse(text).sections
    expect(rows[0].candidates.raw).to.deep.include({
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
