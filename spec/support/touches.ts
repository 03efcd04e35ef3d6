import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { closeLater } from './closing.ts'

/** Records accesses to a source. An access before `allow` is called throws. */
export class Touches {
  readonly #early: string[] = []
  readonly #all: string[] = []
  #allowed = false

  /** From now on the source may be read. */
  allow(): void {
    this.#allowed = true
  }

  /** Accesses before `allow`. */
  get early(): readonly string[] {
    return this.#early
  }

  /** All accesses. */
  get all(): readonly string[] {
    return this.#all
  }

  /** Records an access. An early one throws, so that the spec fails at once. */
  note(what: string): void {
    this.#all.push(what)
    if (this.#allowed) return
    this.#early.push(what)
    throw new Error(`The source was touched before the 100: ${what}`)
  }
}

export interface Watched {
  readonly content: unknown
  /** Its length, where the content has one. */
  readonly length: number | null
  /** Visible side effects other than accesses; empty while the content was not read. */
  traces(): string[]
}

export const nothing = (): string[] => []

/** Records when a function of node:fs opens this file. */
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
