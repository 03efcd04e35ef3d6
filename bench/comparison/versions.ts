import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const packages = ['undici', 'axios', 'got', 'node-fetch', '@smithy/node-http-handler']

/** What was compared, with its version. */
export function readVersions(): string {
  const installed = packages.map((name) => `${name} ${versionOf(name)}`)
  const [curl = 'curl'] = spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout.split(' (')
  return [`Node.js ${process.versions.node}`, ...installed, curl].join(', ')
}

function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'))
  return version
}
