import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeLater } from './closing.ts'

/** Files with this content in a new directory, which is removed after the spec. */
export function filesOf(contents: Readonly<Record<string, string | Uint8Array>>): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  closeLater(() => rmSync(directory, { recursive: true }))
  return Object.entries(contents).map(([name, content]) => {
    const path = join(directory, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, content)
    return path
  })
}
