import type { Run } from './report.ts'
import type { CaseResult, Sample } from './result.ts'

/** docs/benchmarks.json: all numbers, one line a candidate and kind of number. */
export function rawOf({ machine, rounds, results }: Run): string {
  const sections = results.map(({ name, cases }) => ({ name, cases: cases.map(columnsOf) }))
  const text = JSON.stringify({ machine, rounds, sections }, null, 2)
  // Numbers of one list belong on one line.
  return `${text.replaceAll(/\[[\s\d.,null-]*\]/g, (list) => list.replaceAll(/\s+/g, ' '))}\n`
}

function columnsOf({ samples, ...rest }: CaseResult): object {
  const columns = Object.entries(samples).map(([candidate, taken]) => [
    candidate,
    {
      seconds: rounded(taken, ({ seconds }) => seconds),
      cpuSeconds: rounded(taken, ({ cpuSeconds }) => cpuSeconds),
      originCpuSeconds: rounded(taken, ({ originCpuSeconds }) => originCpuSeconds),
      peakBytes: rounded(taken, ({ peakBytes }) => peakBytes),
      contentBytesPerUpload: rounded(taken, ({ contentBytes }) => contentBytes),
      ...(taken.some(({ waits }) => waits.length > 0) && {
        waitMs: taken.map(({ waits }) => waits.map((wait) => Number(wait.toFixed(3)))),
      }),
    },
  ])
  return { ...rest, candidates: Object.fromEntries(columns) }
}

function rounded(
  samples: readonly Sample[],
  pick: (sample: Sample) => number | null,
): (number | null)[] {
  return samples.map((sample) => {
    const number = pick(sample)
    return number === null ? null : Number(number.toFixed(6))
  })
}
