import { mainAnswers, outcomeLine, startExchange } from './origin.ts'
import { type Platform, resultOf, thisNode } from './platform.ts'
import { run } from './program.ts'

/** Uploads from four workers concurrently, one of which is terminated. */
export const workers: Platform = async (folder) => {
  const { args } = await startExchange()
  const done = await run(process.execPath, ['workers.mjs', ...args], {
    cwd: folder,
    limit: 60_000,
  })
  const lines = [
    ...mainAnswers.flatMap((answer) => [
      `${answer}: ${outcomeLine(answer)}`,
      `${answer} exited: 0`,
    ]),
    'endless: terminated',
  ]
  return [resultOf(`${thisNode}, worker threads`, done, lines)]
}
