import type { Answer } from './asking.ts'

/** The answers of some rounds that are the same but for their times. */
export interface Behaviour extends Pick<Answer, 'answer' | 'status' | 'error'> {
  /** How many rounds came to it. */
  readonly rounds: number
  /** Milliseconds to the answer, where there was one. */
  readonly ms: Times | null
}

/** The least, the middle and the most of some times. */
export interface Times {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Puts together what is the same, most frequent first. */
export function behavioursOf(answers: readonly Answer[]): Behaviour[] {
  const kinds = new Map(
    answers.map((each) => [`${each.answer} ${each.status} ${each.error}`, each]),
  )
  const behaviours = [...kinds.values()].map(({ answer, status, error }) => {
    const same = answers.filter(
      (each) => each.answer === answer && each.status === status && each.error === error,
    )
    const times = same.flatMap(({ ms }) => ms ?? [])
    return { answer, status, error, rounds: same.length, ms: timesOf(times) }
  })
  return behaviours.sort((one, other) => other.rounds - one.rounds)
}

function timesOf(times: readonly number[]): Times | null {
  const sorted = times.toSorted((one, other) => one - other)
  const middle = sorted.slice(
    Math.floor((sorted.length - 1) / 2),
    Math.floor(sorted.length / 2) + 1,
  )
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) return null
  const median = middle.reduce((sum, ms) => sum + ms, 0) / middle.length
  return { min, median: Math.round(median * 10) / 10, max }
}
