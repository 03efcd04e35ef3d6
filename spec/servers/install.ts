import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { servers } from './support/servers.ts'

// Installs missing servers from Debian's packages, where that is possible.
const missing = servers.filter(({ program }) => !existsSync(program))
const packages = missing.map((server) => server.package)
const may = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

if (packages.length > 0 && may) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (...args: string[]): void => {
    spawnSync('apt-get', args, { stdio: 'inherit', env: environment })
  }
  run('update', '-qq')
  run('install', '-qq', '-y', '--no-install-recommends', ...packages)
}
