import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type ContentInput, ExpectAgent, fromFile, upload } from '../../lib/index.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { type Faults, startFaultProxy } from '../support/fault-proxy.ts'
import { Random } from '../support/random.ts'
import type { HeldUpload } from './resume-origin.ts'
import { type Addresses, routeOf, type Transport, transports } from './transports.ts'

const usage = `Usage: npm run chaos:resume -- [--uploads 500] [--seed <number>] [--parallel 8] [--upload <number>]

Makes uploads whose connections are cut at random, one to twenty times each, to an origin that supports
resumption. Each upload must arrive complete and once, and no byte may be sent again that had arrived.
--upload runs one upload only.
`

/** The bytes from which all contents are cut. */
const pool = noise(8_388_608, 7)
const largest = 4_000_000

/** An upload to make. */
interface PlannedUpload {
  readonly number: number
  readonly transport: Transport
  readonly kind: string
  readonly bytes: Buffer
  /** Faults of its first connections. */
  readonly cuts: readonly Faults[]
}

interface UploadResult {
  readonly plan: PlannedUpload
  readonly outcome: string
  /** The paths of the uploads that the client learned of. */
  readonly known: ReadonlySet<string>
  readonly resumed: number
  readonly sentBytes: number
}

function planOf(seed: number, number: number): PlannedUpload {
  const random = new Random(seed, number)
  const size = random.between(1, largest)
  const from = random.between(0, pool.length - size)
  const count = random.between(1, 20)
  return {
    number,
    transport: random.weighed(transports),
    kind: random.pick(['a Buffer', 'a file', 'a Blob', 'an array', 'a function', 'a stream']),
    bytes: pool.subarray(from, from + size),
    cuts: Array.from({ length: count }, () => cutOf(random, size)),
  }
}

function cutOf(random: Random, size: number): Faults {
  const kind = random.weighed({ reset: 6, drop: 1, 'half-close': 2 })
  // Responses can be lost too. TLS and a tunnel take about 3000 bytes before them.
  if (random.chance(0.15)) return { up: {}, down: { cut: { kind, after: random.scale(4000) } } }
  const max = size / random.pick([1, 2, 5, 20])
  const after = random.chance(0.1) ? random.scale(2000) : random.between(1000, max + 5000)
  return { up: { cut: { kind, after: Math.floor(after) } }, down: {} }
}

function inputOf({ kind, bytes, number }: PlannedUpload, folder: string): ContentInput {
  const path = join(folder, String(number))
  if (kind === 'a file') {
    writeFileSync(path, bytes)
    return fromFile(path)
  }
  if (kind === 'a Blob') return new Blob([bytes as Buffer<ArrayBuffer>])
  const chunks = chunksOf(bytes, 30)
  if (kind === 'an array') return chunks
  if (kind === 'a function') return () => Readable.from(chunks)
  return kind === 'a stream' ? Readable.from(chunks) : bytes
}

async function run(
  plan: PlannedUpload,
  addresses: Addresses,
  folder: string,
): Promise<UploadResult> {
  const { transport, cuts, number } = plan
  const route = routeOf(transport, addresses)
  const clean = { up: {}, down: {} }
  const proxy = await startFaultProxy(route.port, (connection) => cuts[connection] ?? clean)
  const port = Number(new URL(proxy.url).port)
  const agent = new ExpectAgent({ ...route.optionsAt(port), connectTimeout: 2000 })
  const known = new Set<string>()
  const result = { plan, known, resumed: 0, sentBytes: 0 }
  try {
    const { response, report } = await upload(
      `${route.urlAt(port)}/${number}`,
      inputOf(plan, folder),
      {
        dispatcher: agent,
        threshold: 65_536,
        replayWindow: largest,
        continueTimeout: 300,
        retry: { count: 30, minDelay: 1, maxDelay: 10 },
        resume: { attempts: 30, minDelay: 1, maxDelay: 10 },
        timeouts: { stall: 1000, headers: 1000 },
        onInterim: ({ headers }) => {
          const location = headers.get('location')
          if (location !== null) known.add(location)
        },
      },
    )
    const resumed = report.attempts.filter(({ reason }) => reason === 'resume').length
    const sentBytes = report.attempts.reduce((all, attempt) => all + attempt.sentBytes, 0)
    return { ...result, outcome: String(response.status), resumed, sentBytes }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { ...result, outcome: `${code ?? ''} ${message}` }
  } finally {
    await agent.destroy()
    await proxy.close()
    rmSync(join(folder, String(number)), { force: true })
  }
}

/** What is wrong with the result of an upload. */
function judge({ plan, outcome, known }: UploadResult, held: readonly HeldUpload[]): string[] {
  const { number, bytes } = plan
  const own = held.filter(({ target }) => target === `PUT /${number}`)
  // An upload whose 104 was lost is started again, as for a retry of a PUT.
  const complete = own.filter(({ state, path }) => state === 'complete' && known.has(path))
  const findings: string[] = []
  if (outcome !== '201' && known.size > 0) findings.push(`ended with ${outcome}`)
  if (complete.length > 1) findings.push(`was completed ${complete.length} times`)
  for (const { offset, received, sha256: digest } of complete) {
    if (digest !== sha256(bytes)) findings.push(`arrived as ${offset} different bytes`)
    if (received !== bytes.length) findings.push(`sent ${received} of ${bytes.length} bytes`)
  }
  for (const { path, state } of own) {
    if (state !== 'complete' && state !== 'cancelled' && known.has(path)) {
      findings.push(`left ${path} in the state ${state}`)
    }
  }
  return findings.map((text) => `upload ${number} (${plan.transport}, ${plan.kind}) ${text}`)
}

function argumentsOf(args: string[]): Record<'uploads' | 'seed' | 'parallel' | 'upload', number> {
  const options = {
    uploads: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    parallel: { type: 'string', default: '8' },
    upload: { type: 'string', default: '-1' },
  } as const
  const { values } = parseArgs({ args, options })
  const numbers = Object.entries(values).map(([name, value]) => [name, Number(value)] as const)
  for (const [name, value] of numbers) {
    if (!Number.isSafeInteger(value)) throw new TypeError(`--${name} must be a whole number`)
  }
  return Object.fromEntries(numbers) as ReturnType<typeof argumentsOf>
}

function bytesOf(amounts: readonly number[]): number {
  return amounts.reduce((all, bytes) => all + bytes, 0)
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of the process, and those in use. */
function used(): { rss: number; live: number } {
  collect()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, live: heapUsed + external }
}

async function main(args: string[]): Promise<number> {
  const { uploads, seed, parallel, upload: only } = argumentsOf(args)
  console.log(`Node ${process.versions.node}, ${only < 0 ? uploads : 1} uploads, --seed ${seed}`)
  const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  const origin = fork(new URL('./resume-origin.ts', import.meta.url))
  try {
    const [addresses] = (await once(origin, 'message')) as [Addresses]
    const numbers = (only < 0 ? [...Array(uploads).keys()] : [only]).values()
    const results: UploadResult[] = []
    const memory: ReturnType<typeof used>[] = []
    const begun = performance.now()
    const work = async (): Promise<void> => {
      for (const number of numbers) {
        results.push(await run(planOf(seed, number), addresses, folder))
        if (results.length % 250 === 0) memory.push(used())
      }
    }
    await Promise.all(Array.from({ length: parallel }, work))
    const seconds = (performance.now() - begun) / 1000
    origin.send('report')
    const [held] = (await once(origin, 'message')) as [HeldUpload[]]
    const findings = results.flatMap((result) => judge(result, held))
    const sum = (of: (result: UploadResult) => number): number =>
      results.reduce((all, result) => all + of(result), 0)
    const size = sum(({ plan }) => plan.bytes.length)
    const mebi = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`
    console.log(`${results.length} uploads in ${seconds.toFixed(0)} s, ${mebi(size)} of content`)
    const accepted = results.filter(({ outcome }) => outcome === '201')
    const unknown = results.filter(({ outcome, known }) => outcome !== '201' && known.size === 0)
    console.log(
      `${accepted.length} answered with 201, ${sum(({ resumed }) => resumed)} times resumed; ${unknown.length} failed before they could be resumed`,
    )
    const paths = new Set(results.flatMap(({ known }) => [...known]))
    const found = held.filter(({ path }) => paths.has(path))
    const orphans = held.filter(({ path }) => !paths.has(path))
    const count = (wanted: string): number => found.filter(({ state }) => state === wanted).length
    console.log(
      `uploads at the origin: ${count('complete')} complete, ${count('cancelled')} cancelled, ${count('open')} open, and ${orphans.length} whose 104 did not arrive`,
    )
    const own = bytesOf(accepted.map(({ plan }) => plan.bytes.length))
    const sent = bytesOf(accepted.map(({ sentBytes }) => sentBytes))
    const received = (uploads: readonly HeldUpload[]): number =>
      bytesOf(uploads.map((upload) => upload.received))
    console.log(
      `for ${mebi(own)} answered with 201 the origin received ${mebi(received(found))}, and ${mebi(received(orphans))} without a 104; ${mebi(sent - own)} more were written to connections, most of which did not arrive`,
    )
    console.log(`resident: ${memory.map(({ rss }) => mebi(rss)).join(', ')}`)
    console.log(`heap and buffers: ${memory.map(({ live }) => mebi(live)).join(', ')}`)
    for (const finding of findings) console.log(finding)
    console.log(`${findings.length} findings`)
    return findings.length === 0 ? 0 : 1
  } finally {
    origin.disconnect()
    rmSync(folder, { recursive: true })
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${usage}`)
  process.exitCode = 2
}
