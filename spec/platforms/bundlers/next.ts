import { join } from 'node:path'
import { freePort } from '../../servers/support/daemon.ts'
import { type Run, run, runPackage } from '../program.ts'

export const nextPackages: readonly string[] = ['next@16', 'react@19', 'react-dom@19']

/** The Node arguments that start the built application, by name. */
export const starts: Readonly<Record<string, readonly string[]>> = {
  'Next.js 16, next start': ['node_modules/next/dist/bin/next', 'start', 'next'],
  'Next.js 16, standalone': ['next/.next/standalone/next/server.js'],
}

const quiet = { NEXT_TELEMETRY_DISABLED: '1' }

/** Builds the application, whose route handler uploads. */
export async function buildNext(folder: string): Promise<void> {
  const args = [join(folder, 'node_modules/next/dist/bin/next'), 'build', 'next']
  const { code, printed } = await run(process.execPath, args, { cwd: folder, env: quiet })
  if (code !== 0) throw new Error(`next build ended with ${code}:\n${printed}`)
}

/** Starts the application on a Node version and lets it upload; returns its output and its response. */
export async function uploadsOfNext(
  line: string,
  start: readonly string[],
  folder: string,
  [url, , , file]: readonly [string, string, string, string],
): Promise<Run> {
  const port = await freePort()
  const stop = new AbortController()
  let answer: Promise<string> | undefined
  let all = ''
  const env = { ...quiet, PORT: `${port}`, HOSTNAME: '127.0.0.1', ORIGIN: url, CONTENT: file }
  const { printed } = await runPackage(`node@${line}`, start, {
    cwd: folder,
    env,
    limit: 120_000,
    signal: stop.signal,
    onPrinted: (text) => {
      all += text
      if (answer !== undefined || !all.includes('Ready')) return
      answer = answerOf(`http://127.0.0.1:${port}/upload`).finally(() => stop.abort())
    },
  })
  // The server was killed after its response.
  return { code: answer === undefined ? 1 : 0, printed: `${printed}\n${await answer}` }
}

async function answerOf(url: string): Promise<string> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(60_000) })).text()
  } catch (error) {
    return String(error)
  }
}
