import { createHash, randomFillSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromFile, type UploadReport, upload } from '../lib/index.ts'
import { type OriginMode, startOrigin, type WireEvent } from '../lib/testing/index.ts'

const size = 48 * 1024 * 1024

const acts: readonly { mode: OriginMode; title: string }[] = [
  { mode: 'go', title: 'The origin says go' },
  { mode: 'silent', title: 'The origin stays silent' },
  { mode: 417, title: 'The origin answers 417' },
  { mode: 413, title: 'The origin answers 413' },
]

/** Uploads a file of 48 MiB to origins of four kinds and prints what went over the wire. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
  try {
    const path = join(folder, 'video.h264')
    const bytes = randomFillSync(Buffer.allocUnsafe(size))
    writeFileSync(path, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    for (const act of acts) await play(act, path, sha256)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function play(act: (typeof acts)[number], path: string, sha256: string): Promise<void> {
  const origin = await startOrigin({ mode: act.mode })
  try {
    const { response, report } = await upload(`${origin.url}/video.h264`, fromFile(path))
    console.log(`\n${act.title}`)
    printTimeline(origin.events)
    printOutcome(response.status, report)
    const accepted = origin.requests.find(({ status }) => status === 201)
    if (accepted === undefined) {
      const received = origin.requests.reduce((sum, { bytes }) => sum + bytes, 0)
      console.log(`  content the origin received: ${received} bytes`)
      return
    }
    console.log(`  sha256 at the source ${sha256}`)
    console.log(`  sha256 at the origin ${accepted.sha256}`)
    console.log(`  ${accepted.sha256 === sha256 ? 'equal' : 'DIFFERENT'}`)
    if (accepted.sha256 !== sha256) process.exitCode = 1
  } finally {
    await origin.close()
  }
}

function printTimeline(events: readonly WireEvent[]): void {
  const begun = events[0]?.atMs ?? 0
  for (const event of events) {
    const at = `${(event.atMs - begun).toFixed(1)} ms`.padStart(11)
    const arrow = event.direction === 'in' ? '>' : '<'
    const content = event.bytes === undefined ? '' : ` ${megabytes(event.bytes)}`
    const asks = event.asks === true ? ', expect: 100-continue' : ''
    console.log(`${at}  #${event.connection} ${arrow} ${event.what}${content}${asks}`)
  }
}

function printOutcome(status: number, report: UploadReport): void {
  const saved = report.savedBytes > 0 ? `, ${megabytes(report.savedBytes)} kept off the wire` : ''
  const waited = `waited ${report.waitedMs} ms`
  console.log(
    `  ${report.outcome}: ${status}, ${waited}, ${megabytes(report.sentBytes)} of content sent${saved}`,
  )
}

function megabytes(bytes: number): string {
  return bytes === 0 ? '0 bytes' : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

await main()
