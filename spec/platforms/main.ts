import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeAll } from '../support/closing.ts'
import { bun } from './bun.ts'
import { deno } from './deno.ts'
import { install } from './installed.ts'
import { jest } from './jest.ts'
import { nodeLines } from './node-lines.ts'
import { permission } from './permission.ts'
import type { Platform } from './platform.ts'
import { vm } from './vm.ts'
import { workers } from './workers.ts'

// Checks each platform, or those that are named. Prints a line for each that passes.
const platforms: Readonly<Record<string, Platform>> = {
  node: nodeLines,
  deno,
  bun,
  jest,
  vm,
  workers,
  permission,
}

const named = process.argv.slice(2)
const unknown = named.find((name) => !(name in platforms))
if (unknown !== undefined) throw new Error(`There is no ${unknown}: ${Object.keys(platforms)}`)

const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
try {
  await install(folder, ['jest@29'], new URL('programs', import.meta.url))
  for (const name of named.length > 0 ? named : Object.keys(platforms)) {
    for (const { name: full, passed, details } of (await platforms[name]?.(folder)) ?? []) {
      console.log(`${full}: ${details}`)
      if (!passed) process.exitCode = 1
    }
    await closeAll()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
