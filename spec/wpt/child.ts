import dns from 'node:dns'
import { rootCertificates, setDefaultCACertificates } from 'node:tls'
import { runInThisContext } from 'node:vm'
import { setGlobalOrigin } from 'undici'
import { type FaceName, faces } from './faces.ts'
import { harness, type Script } from './scripts.ts'
import { hostNames } from './server/site.ts'

/** The job of a child process. */
export interface Job {
  readonly face: FaceName
  readonly url: string
  readonly certificate: string
  readonly scripts: readonly Script[]
}

/** The state of one test; the last message counts. */
export interface Said {
  readonly name: string
  /** The harness's number: 0 is passed, 3 not run. */
  readonly status: number
  readonly message: string | null
}

/** What the child process sends. */
export type Message =
  | { readonly test: Said }
  | { readonly fault: string }
  | { readonly done: string | null }

/** The part of the harness that is used here. */
interface Harness {
  add_test_state_callback(report: (test: Said) => void): void
  add_result_callback(report: (test: Said) => void): void
  add_completion_callback(
    report: (tests: unknown, result: { message: string | null }) => void,
  ): void
}

function tell(message: Message): void {
  process.send?.(message)
}

function run({ face, url, certificate, scripts }: Job): void {
  setDefaultCACertificates([...rootCertificates, certificate])
  Object.assign(dns, { lookup: lookUp })
  const { fetch, ...classes } = { fetch: globalThis.fetch, ...faces[face] }
  define(globalThis, { ...classes, fetch, window: globalThis, self: globalThis })
  define(globalThis, { location: new URL(url), Window: Object })
  setGlobalOrigin(new URL(url))
  for (const { name, source } of scripts) {
    try {
      runInThisContext(source, { filename: name })
    } catch (error) {
      tell({ fault: `${name}: ${error}` })
    }
    // At once, because the next tests may fail at once.
    if (name === harness) listen(globalThis as unknown as Harness)
  }
}

function define(target: object, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true })
  }
}

function listen(tests: Harness): void {
  const report = ({ name, status, message }: Said) => tell({ test: { name, status, message } })
  tests.add_test_state_callback(report)
  tests.add_result_callback(report)
  tests.add_completion_callback((_, { message }) => {
    // Does not wait for the rest, such as unread responses.
    process.send?.({ done: message } satisfies Message, () => process.exit())
  })
}

type LookedUp = (error: Error | null, address: unknown, family?: number) => void

/** Resolves only the names of the server. */
function lookUp(name: string, options: { all?: boolean }, found: LookedUp): void {
  if (!hostNames.includes(name)) {
    found(Object.assign(new Error(`There is no ${name} here`), { code: 'ENOTFOUND' }), '')
    return
  }
  const address = { address: '127.0.0.1', family: 4 }
  if (options.all) found(null, [address])
  else found(null, address.address, address.family)
}

process.on('uncaughtException', (error) => tell({ fault: String(error) }))
process.on('unhandledRejection', (reason) => tell({ fault: String(reason) }))
process.once('disconnect', () => process.exit())
// Only the parent sends, and it sends one job.
process.once('message', (job) => {
  run(job as Job)
  // The process ends when the page has nothing left to do, even if its tests have not finished.
  process.channel?.unref()
})
