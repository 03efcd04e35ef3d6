import { foreignLines } from '../support/foreign-lines.ts'
import { mirror } from '../support/mirror.ts'
import { startExchange, uploadsLines } from './origin.ts'
import { type Platform, resultOf } from './platform.ts'
import { runPackage } from './program.ts'

const flags = ['run', '-A', '--node-modules-dir=manual']

/** Uploads on Deno, whose fetch ignores the dispatcher. */
export const deno: Platform = async (folder) => {
  const { printed } = await runPackage('deno@2', ['--version'])
  const name = printed.split(' (', 1)[0] ?? ''
  const { args } = await startExchange()
  const uploads = await runPackage('deno@2', [...flags, 'uploads.mjs', ...args], { cwd: folder })
  const foreign = ['spec/support/children/foreign-fetch.ts', 'none', await mirror()]
  return [
    resultOf(`${name}, uploads`, uploads, uploadsLines),
    resultOf(
      `${name}, fetch`,
      await runPackage('deno@2', [...flags, ...foreign]),
      foreignLines(['a string']),
    ),
  ]
}
