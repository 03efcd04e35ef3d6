#!/usr/bin/env node
import { unsupportedNode } from '../runtime/node-version.ts'

if (unsupportedNode === null) {
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2), process)
} else {
  process.stderr.write(`${unsupportedNode}\n`)
  process.exitCode = 2
}
