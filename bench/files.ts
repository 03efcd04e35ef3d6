import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomPiece } from './content.ts'

/** Files of given sizes, in a folder of their own, made when they are first wanted. */
export class Files {
  readonly #folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  readonly #made = new Set<number>()

  /** The path of a file of so many bytes. */
  path(size: number): string {
    const path = join(this.#folder, `${size}`)
    if (this.#made.has(size)) return path
    const piece = randomPiece()
    const file = openSync(path, 'w')
    for (let at = 0; at < size; at += piece.length) {
      writeSync(file, piece, 0, Math.min(piece.length, size - at))
    }
    closeSync(file)
    this.#made.add(size)
    return path
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}
