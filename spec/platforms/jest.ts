import { startExchange } from './origin.ts'
import type { Platform } from './platform.ts'
import { run } from './program.ts'

/** Runs tests of uploads in Jest, which loads the package in a vm. */
export const jest: Platform = async (folder) => {
  const { args } = await startExchange()
  const program = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js']
  const flags = [
    '--testMatch',
    '**/jest.test.mjs',
    '--transform',
    '{}',
    '--ci',
    '--forceExit=false',
  ]
  const { code, printed } = await run(process.execPath, [...program, ...flags], {
    cwd: folder,
    env: { EXCHANGE: JSON.stringify(args) },
    limit: 120_000,
  })
  const { printed: version } = await run(process.execPath, [...program, '--version'], {
    cwd: folder,
  })
  const [, details = ''] = printed.match(/^Tests: +(.*)$/m) ?? []
  const passed = code === 0
  return [{ name: `Jest ${version.trim()}`, passed, details: passed ? details : printed }]
}
