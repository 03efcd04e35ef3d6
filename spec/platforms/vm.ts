import { linesOf, mainAnswers, startExchange } from './origin.ts'
import { type Platform, resultOf, thisNode } from './platform.ts'
import { run } from './program.ts'

const kinds = [
  'a Uint8Array',
  'an ArrayBuffer',
  'a DataView',
  'a string',
  'an array',
  'a generator',
  'an async generator',
  'a function',
  'an async function',
  'a sized function',
  'inside',
]

/** Uploads content that was created in a vm, and from inside it. */
export const vm: Platform = async (folder) => {
  const { args } = await startExchange()
  const done = await run(process.execPath, ['vm.mjs', ...args], { cwd: folder, limit: 60_000 })
  const lines = [
    ...linesOf(mainAnswers, kinds),
    'fetch, inside: 413 refused',
    'an unknown option: TypeError',
  ]
  return [resultOf(`${thisNode}, a vm`, done, lines)]
}
