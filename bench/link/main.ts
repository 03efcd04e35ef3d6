import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { caddyTls } from '../../spec/servers/support/real/caddy.ts'
import { nodeTls } from '../../spec/servers/support/real/ledger.ts'
import { nginxTls } from '../../spec/servers/support/real/nginx.ts'
import { closeAll } from '../../spec/support/closing.ts'
import { identity } from '../../spec/support/identity.ts'
import { thisMachine } from '../machine.ts'
import { median } from '../metrics.ts'
import { type LinkClient, type LinkJob, type LinkOutcome, linkClients } from './job.ts'
import { startRelay } from './relay.ts'

const run = promisify(execFile)
const child = fileURLToPath(new URL('child.ts', import.meta.url))
const link = { roundTrip: 80, rate: 25_000_000 }
const MiB = 1_048_576

const cases = [
  { name: '64 MiB', place: '/files', size: 64 * MiB, uploads: 1, parallel: 1 },
  { name: '24 × 4 MiB, one at a time', place: '/files', size: 4 * MiB, uploads: 24, parallel: 1 },
  { name: '24 × 4 MiB, eight at a time', place: '/files', size: 4 * MiB, uploads: 24, parallel: 8 },
  { name: '64 MiB, refused with 413', place: '/small', size: 64 * MiB, uploads: 1, parallel: 1 },
] as const

/** Whether the client got the expected response each time. */
function isRight(place: string, samples: readonly Sample[]): boolean {
  const statuses = samples.flatMap((sample) => sample.statuses)
  if (place === '/small') return statuses.every((status) => status === 413)
  return statuses.every((status) => Number(status) >= 200 && Number(status) < 300)
}

const servers = [nginxTls, nodeTls, caddyTls]

interface Sample extends LinkOutcome {
  readonly bytes: number
}

async function measure(job: LinkJob): Promise<LinkOutcome> {
  if (job.client.startsWith('curl')) return curl(job)
  const { stdout } = await run(process.execPath, [child, JSON.stringify(job)])
  return JSON.parse(stdout)
}

async function curl({ client, url, file, uploads, parallel }: LinkJob): Promise<LinkOutcome> {
  const puts = Array.from({ length: uploads }, () => ['-T', file, url]).flat()
  const atOnce = parallel > 1 ? ['--parallel', '--parallel-max', String(parallel)] : []
  const version = client.slice('curl '.length)
  const format = '%{http_code} %{time_total}\n'
  const options = ['-sSk', version, ...atOnce, '-o', '/dev/null', '-w', format]
  const begun = performance.now()
  // The command fails where the server resets the connection after its response.
  const { stdout } = await run('curl', [...options, ...puts]).catch((error) => error)
  const milliseconds = performance.now() - begun
  const statuses = String(stdout)
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ', 1)[0]))
  return { statuses, milliseconds }
}

function cell(samples: readonly Sample[], best: number): string {
  const time = median(samples.map(({ milliseconds }) => milliseconds))
  const bytes = median(samples.map((sample) => sample.bytes))
  const statuses = [...new Set(samples.flatMap((sample) => sample.statuses))]
  const ratio = time / best
  return `${(time / 1000).toFixed(2)} s (${ratio.toFixed(2)}), ${(bytes / 1e6).toFixed(1)} MB, ${statuses.join(' ')}`
}

/** Clients that take more than this many times as long as the fastest are not measured again. */
const slow = 5

function isSlow(samples: ReadonlyMap<LinkClient, readonly Sample[]>, client: LinkClient): boolean {
  const first = [...samples.values()].map(([sample]) => sample?.milliseconds ?? 0)
  const own = samples.get(client)?.[0]?.milliseconds ?? 0
  return own > slow * Math.min(...first)
}

async function main(args: string[]): Promise<void> {
  const options = {
    rounds: { type: 'string', default: '3' },
    case: { type: 'string', default: '' },
  } as const
  const { values } = parseArgs({ args, options })
  const { processor, node, curl: version, load } = thisMachine()
  console.log(
    `${processor}, Node ${node}, curl ${version}, load ${load}, ${values.rounds} rounds\n`,
  )
  console.log(`| server | what | ${linkClients.join(' | ')} |`)
  console.log(`|${' --- |'.repeat(linkClients.length + 2)}`)
  const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  const { cert: ca } = await identity()
  try {
    for (const server of servers) {
      const { port } = await server.start('both')
      const relay = await startRelay(port, link)
      const wanted = cases.filter(({ name }) => name.includes(values.case))
      for (const { name, place, size, uploads, parallel } of wanted) {
        const file = join(folder, String(size))
        writeFileSync(file, Buffer.alloc(size, 'x'))
        const samples = new Map<LinkClient, Sample[]>()
        for (let round = 0; round < Number(values.rounds); round++) {
          for (const client of linkClients.filter((name) => !isSlow(samples, name))) {
            const url = `https://127.0.0.1:${relay.port}${place}/${round}`
            relay.takeBytes()
            const outcome = await measure({ client, url, file, uploads, parallel, ca })
            const sample = { ...outcome, bytes: relay.takeBytes() }
            samples.set(client, [...(samples.get(client) ?? []), sample])
          }
        }
        // A client that loses responses is never the best, however fast it is.
        const right = [...samples.values()].filter((all) => isRight(place, all))
        const times = right.map((all) => median(all.map((each) => each.milliseconds)))
        const best = Math.min(...times)
        const cells = linkClients.map((client) => cell(samples.get(client) ?? [], best))
        console.log(`| ${server.name} | ${name} | ${cells.join(' | ')} |`)
      }
      relay.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
    await closeAll()
  }
}

await main(process.argv.slice(2))
