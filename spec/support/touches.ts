import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { closeLater } from './closing.ts'

/** Writes down what is done to a source, and fails what comes before it may. */
export class Touches {
  readonly #early: string[] = []
  readonly #all: string[] = []
  #allowed = false

  /** From now on the source may be begun. */
  allow(): void {
    this.#allowed = true
  }

  /** What was done before it was allowed. */
  get early(): readonly string[] {
    return this.#early
  }

  /** What was done at all. */
  get all(): readonly string[] {
    return this.#all
  }

  /** Notes that something was done. An early touch throws, so that no spec has to wait for it. */
  note(what: string): void {
    this.#all.push(what)
    if (this.#allowed) return
    this.#early.push(what)
    throw new Error(`The source was touched before the go-ahead: ${what}`)
  }
}

/** Content that is watched. */
export interface Watched {
  readonly content: unknown
  /** Bytes, where the content says how many it has. */
  readonly length: number | null
  /** What can be seen from outside, beyond the touches: empty while nobody began. */
  traces(): string[]
}

/** No traces. */
export const nothing = (): string[] => []

/** Notes whenever this file is opened, by whichever function of node:fs. */
export function watchOpens(path: string, touches: Touches): void {
  const { open, openSync, readFile, readFileSync } = fs
  const promised = fs.promises.open
  const note = (opened: unknown): void => {
    if (String(opened) === path) touches.note('opened')
  }
  const watching =
    <Args extends unknown[], Result>(original: (...args: Args) => Result) =>
    (...args: Args): Result => {
      note(args[0])
      return original(...args)
    }
  const seen = { open, openSync, readFile, readFileSync }
  for (const [name, original] of Object.entries(seen)) {
    Object.assign(fs, { [name]: watching(original as (...args: unknown[]) => unknown) })
  }
  fs.promises.open = watching(promised)
  syncBuiltinESMExports()
  closeLater(() => {
    Object.assign(fs, seen)
    fs.promises.open = promised
    syncBuiltinESMExports()
  })
}
