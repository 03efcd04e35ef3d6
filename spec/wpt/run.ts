import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Job, Message } from './child.ts'
import type { FaceName } from './faces.ts'
import type { Page } from './pages.ts'
import { scriptsOf } from './scripts.ts'
import type { TestServer } from './server/server.ts'
import { host } from './server/site.ts'

/** `null` when a test passed, or why it failed. */
export type Result = string | null

/** The result of one page with one fetch. */
export interface Outcome {
  readonly results: ReadonlyMap<string, Result>
  /** Errors outside the tests. */
  readonly faults: readonly string[]
}

const child = fileURLToPath(new URL('./child.ts', import.meta.url))

/** Runs a page in a process of its own, which is killed at the time limit of the page. */
export function runPage(
  folder: string,
  page: Page,
  face: FaceName,
  { ports, certificate }: TestServer,
): Promise<Outcome> {
  const results = new Map<string, Result>()
  const faults: string[] = []
  const origin = page.secure
    ? `https://${host}:${ports.https[0]}`
    : `http://${host}:${ports.http[0]}`
  const scripts = scriptsOf(folder, page, ports)
  const job: Job = { face, url: origin + page.path, certificate, scripts }
  const forked = fork(child, [], {
    execArgv: ['--expose-gc', '--no-warnings'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  forked.on('message', (message) => {
    // Only the child sends.
    const said = message as Message
    if ('test' in said) results.set(said.test.name, resultOf(said.test))
    else if ('fault' in said) faults.push(said.fault)
    else if (said.done !== null) faults.push(said.done)
  })
  const timer = setTimeout(() => {
    faults.push(`Not over within ${page.limit / 1000} s`)
    forked.kill('SIGKILL')
  }, page.limit)
  forked.send(job)
  return new Promise((resolve, reject) => {
    forked.on('error', reject)
    forked.on('close', () => {
      clearTimeout(timer)
      resolve({ results, faults })
    })
  })
}

function resultOf({ status, message }: { status: number; message: string | null }): Result {
  if (status === 0) return null
  return message ?? 'never ended'
}
