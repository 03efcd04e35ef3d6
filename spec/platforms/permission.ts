import { join } from 'node:path'
import { mainAnswers, outcomeLine, startExchange } from './origin.ts'
import { type Platform, type Result, resultOf } from './platform.ts'
import { runPackage } from './program.ts'

/** The Node versions that have `--permission`, and whether it applies to the network. */
const lines = { 24: false, 26: true }

/** Uploads with the fewest permissions, and without the required ones. */
export const permission: Platform = async (folder) => {
  const results: Result[] = []
  for (const [line, restrictsNet] of Object.entries(lines)) {
    results.push(...(await permissionOn(line, restrictsNet, folder)))
  }
  return results
}

async function permissionOn(
  line: string,
  restrictsNet: boolean,
  folder: string,
): Promise<readonly Result[]> {
  const { args } = await startExchange()
  const [, , , file] = args
  const secret = join(file, '..', 'secret')
  const readable = [folder, file].map((path) => `--allow-fs-read=${path}`)
  const start = (...flags: string[]) =>
    runPackage(
      `node@${line}`,
      ['--permission', ...readable, ...flags, 'permission.mjs', ...args, secret],
      { cwd: folder, limit: 60_000 },
    )
  const denied = 'ERR_ACCESS_DENIED'
  const uploads = mainAnswers.map((answer) => `${answer}: ${outcomeLine(answer)}`)
  const noFile = `a file that may not be read: ${denied} FileSystemRead`
  const allowed = await start(...(restrictsNet ? ['--allow-net'] : []))
  const name = `Node ${line}, --permission`
  const result = resultOf(name, allowed, [...uploads, noFile])
  if (!restrictsNet) return [result]
  const noNet = mainAnswers.map((answer) => `${answer}: ${denied}`)
  return [result, resultOf(`${name} without the network`, await start(), noNet)]
}
