#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`expect-continue needs Node.js 22.19 or newer; this is ${process.version}\n`)
  process.exitCode = 1
} else {
  // Older versions of Node fail at what this imports.
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2), process)
}
