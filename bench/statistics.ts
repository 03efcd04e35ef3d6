/** The middle of some numbers, and how far they go. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The middle one of some numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new RangeError('No numbers have no median')
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  const lower = Math.ceil(sorted.length / 2) - 1
  return ((sorted[lower] as number) + (sorted[upper] as number)) / 2
}

/** The median, the lowest and the highest of some numbers. */
export function spreadOf(numbers: readonly number[]): Spread {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) }
}

/**
 * How two candidates that were measured in turn compare: each round's ratio is taken by
 * itself, so that what slowed the machine down for a while weighs on both.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  return spreadOf(paired(ours, theirs, (a, b) => a / b))
}

/** The same for differences. */
export function differenceOf(ours: readonly number[], theirs: readonly number[]): Spread {
  return spreadOf(paired(ours, theirs, (a, b) => a - b))
}

function paired(
  ours: readonly number[],
  theirs: readonly number[],
  compare: (a: number, b: number) => number,
): number[] {
  if (ours.length !== theirs.length) {
    throw new RangeError(`${ours.length} rounds cannot be paired with ${theirs.length}`)
  }
  return ours.map((number, round) => compare(number, theirs[round] as number))
}
