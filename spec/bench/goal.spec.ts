import { expect } from 'chai'
import { spreadText } from '../../bench/case-table.ts'
import { type Goal, standingsOf } from '../../bench/goal.ts'
import { goals } from '../../bench/goals.ts'
import { goalsReached, goalsTable } from '../../bench/goals-table.ts'
import type { Sample, SectionResult } from '../../bench/result.ts'
import { sections } from '../../bench/sections.ts'

function samples(...seconds: number[]): Sample[] {
  return seconds.map((each) => ({
    seconds: each,
    cpuSeconds: each / 2,
    peakBytes: null,
    contentBytes: 500_000,
    waits: [each * 100, each, each + 2],
    originCpuSeconds: 0,
  }))
}

const result: SectionResult = {
  name: 'accepted',
  cases: [
    {
      name: 'small',
      bytes: 1_000_000,
      uploads: 2,
      parallel: 1,
      samples: { upload: samples(1, 2, 4), undici: samples(1, 1, 1), curl: samples(2, 2, 2) },
    },
  ],
}

const goal: Goal = {
  what: 'throughput',
  section: 'accepted',
  in: 'small',
  metric: 'rate',
  per: 'undici',
  limit: { atLeast: 0.5 },
  ours: ['upload'],
}

describe('standingsOf', () => {
  it('divides ours by the peer, round by round', () => {
    expect(standingsOf(goal, [result])).to.deep.equal([
      { candidate: 'upload', spread: { median: 0.5, min: 0.25, max: 1 }, reached: true },
    ])
  })

  const limits: readonly [Partial<Goal>, boolean][] = [
    [{ limit: { atLeast: 0.51 } }, false],
    [{ limit: { atLeast: 0.504 } }, false],
    [{ metric: 'time', limit: { atMost: 2 } }, true],
    [{ metric: 'time', limit: { atMost: 1.99 } }, false],
    [{ metric: 'time', limit: { atMost: 1.99 }, digits: 0 }, false],
    [{ metric: 'time', limit: { atMost: 2 }, digits: 0 }, true],
  ]
  for (const [changed, reached] of limits) {
    it(`judges ${JSON.stringify(changed)} as ${reached ? 'reached' : 'not reached'}`, () => {
      const [standing] = standingsOf({ ...goal, ...changed }, [result])
      expect(standing?.reached).to.equal(reached)
    })
  }

  it('takes a difference from a peer, and a number by itself', () => {
    const { per: _per, ...alone } = { ...goal, metric: 'laterWait' as const, limit: { atMost: 1 } }
    const [difference] = standingsOf({ ...alone, less: 'undici' }, [result])
    expect(difference?.spread).to.deep.equal({ median: 1, min: 0, max: 3 })
    const [own] = standingsOf({ ...alone, metric: 'copies' }, [result])
    expect(own?.spread).to.deep.equal({ median: 1, min: 1, max: 1 })
  })

  it('says nothing of what was not measured', () => {
    expect(standingsOf(goal, [])).to.deep.equal([])
    expect(standingsOf({ ...goal, in: 'large' }, [result])).to.deep.equal([])
    expect(standingsOf({ ...goal, per: 'http' }, [result])).to.deep.equal([])
    expect(standingsOf({ ...goal, ours: ['never'] }, [result])).to.deep.equal([])
    expect(standingsOf({ ...goal, metric: 'peak' }, [result])).to.deep.equal([])
  })
})

describe('goalsTable', () => {
  it('has a row for each goal that was measured', () => {
    const other: Goal = { ...goal, limit: { atLeast: 1 } }
    const text = goalsTable([goal, other, { ...goal, section: 'idle' }], [result])
    const rows = text.split('\n').slice(2)
    expect(rows.map((row) => row.split('|').map((cell) => cell.trim()))).to.deep.equal([
      [
        '',
        'throughput / undici request, without',
        '≥ 0.50',
        'upload (ours)',
        '0.50 (0.25 to 1.00)',
        'reached',
        '',
      ],
      [
        '',
        'throughput / undici request, without',
        '≥ 1.00',
        'upload (ours)',
        '0.50 (0.25 to 1.00)',
        '**not reached**',
        '',
      ],
    ])
    expect(goalsReached([goal, other], [result])).to.equal('1 of 2 reached.')
  })
})

describe('spreadText', () => {
  it('shows no zero below zero', () => {
    expect(spreadText({ median: -0.001, min: -0.01, max: 0.126 })).to.equal('0.00 (-0.01 to 0.13)')
    expect(spreadText({ median: -0.4, min: -1, max: 2 }, 0)).to.equal('0 (-1 to 2)')
  })
})

describe('goals', () => {
  for (const { what, section, in: name, per, less, ours } of goals) {
    it(`are measured: ${what} / ${per ?? less ?? 'itself'}`, () => {
      const cases = sections.find((each) => each.name === section)?.cases
      const measured = cases?.filter((each) => each.name === name) ?? []
      expect(measured).to.have.lengthOf(1)
      const peers = [per, less].filter((peer) => peer !== undefined)
      expect(measured[0]?.candidates).to.include.members([...ours, ...peers])
    })
  }
})
