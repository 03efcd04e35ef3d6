import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomPiece } from './content.ts'

/** Files in a folder of their own, created on demand. */
export class Files {
  readonly #folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  readonly #made = new Set<number>()

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
