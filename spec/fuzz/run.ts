import { inspect } from 'node:util'
import { MemoryPeak } from './memory-peak.ts'
import { Random } from './random.ts'
import type { Target } from './target.ts'
import { Watchdog } from './watchdog.ts'

/** Milliseconds after which a case counts as hung. */
const patience = 10_000
/** Failed cases after which a target is skipped. */
const enough = 10

/** A case that failed. */
export interface Broken {
  readonly target: string
  readonly index: number
  readonly hangs: boolean
  readonly what: string
}

/** The command that repeats cases of a target. */
export function repeating(seed: number, target: string): string {
  return `npm run fuzz -- --seed ${seed} --only ${target}`
}

/** The results of a target. */
export interface Tally {
  readonly name: string
  readonly broken: Broken[]
  cases: number
  milliseconds: number
}

/** Runs the cases of all targets from one seed. */
export class Run {
  readonly tallies: Tally[] = []
  readonly memory = new MemoryPeak()
  readonly #targets: readonly Target[]
  readonly #seed: number
  readonly #watchdog: Watchdog
  readonly #until: number
  /** The running cases, for unhandled errors. */
  readonly #running = new Map<number, Tally>()

  constructor(targets: readonly Target[], seed: number, seconds: number) {
    this.#targets = targets
    this.#seed = seed
    this.#watchdog = new Watchdog(targets.map(({ name }) => repeating(seed, name)))
    this.#until = performance.now() + seconds * 1000
    process.on('uncaughtException', (error) => this.#unhandled('uncaught', error))
    process.on('unhandledRejection', (reason) => this.#unhandled('unhandled', reason))
  }

  /** Runs the cases of a target from `from` up to, but not including, `to`. */
  async cases(target: Target, from: number, to: number): Promise<void> {
    const tally = this.#tallyOf(target.name)
    const begun = performance.now()
    let index = from
    const work = async (): Promise<void> => {
      while (index < to && !this.#isOver(tally)) {
        const mine = index++
        // A promise for each of a million cases would take most of the time.
        const done = this.#one(target, tally, mine)
        if (done !== null) await done
        if (mine % 256 === 0) this.memory.look()
      }
    }
    await Promise.all(Array.from({ length: target.parallel }, work))
    tally.milliseconds += performance.now() - begun
    this.memory.look()
  }

  #isOver(tally: Tally): boolean {
    return tally.broken.length >= enough || performance.now() > this.#until
  }

  #tallyOf(name: string): Tally {
    const known = this.tallies.find((tally) => tally.name === name)
    if (known !== undefined) return known
    const tally: Tally = { name, broken: [], cases: 0, milliseconds: 0 }
    this.tallies.push(tally)
    return tally
  }

  #one(target: Target, tally: Tally, index: number): Promise<void> | null {
    const random = Random.of(this.#seed, target.name, index)
    tally.cases += 1
    this.#watchdog.begins(this.#targets.indexOf(target), index)
    this.#running.set(index, tally)
    try {
      const result = target.run(random)
      if (result !== undefined) return this.#settled(result, tally, index)
    } catch (error) {
      this.#note(tally, index, error)
    }
    this.#running.delete(index)
    return null
  }

  async #settled(result: Promise<void>, tally: Tally, index: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Late()), patience)
    })
    try {
      await Promise.race([result, late])
    } catch (error) {
      this.#note(tally, index, error)
    }
    clearTimeout(timer)
    this.#running.delete(index)
  }

  #note({ name, broken }: Tally, index: number, error: unknown): void {
    const what = inspect(error, { maxStringLength: 200 })
    broken.push({ target: name, index, hangs: error instanceof Late, what })
  }

  /** Any of the running cases may have caused it. */
  #unhandled(what: string, error: unknown): void {
    const [first] = this.#running
    if (first === undefined) throw error
    const [index, tally] = first
    const others = [...this.#running.keys()].slice(1).join(', ')
    this.#note(
      tally,
      index,
      new Error(`${what}, with ${others || 'no other'} running`, { cause: error }),
    )
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  }
}

class Late extends Error {
  constructor() {
    super(`not over after ${patience} ms`)
  }
}
