import { createHash, randomFillSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromFile, renderTimeline, upload } from '../lib/index.ts'
import { type OriginMode, startOrigin } from '../lib/testing/index.ts'

const size = 48 * 1024 * 1024

const acts: readonly { mode: OriginMode; title: string }[] = [
  { mode: 'go', title: 'The server answers 100' },
  { mode: 'silent', title: 'The server is silent' },
  { mode: 417, title: 'The server answers 417' },
  { mode: 413, title: 'The server answers 413' },
]

/** Uploads a file of 48 MiB to four kinds of servers and prints the results. */
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
    const { report } = await upload(`${origin.url}/video.h264`, fromFile(path))
    console.log(`\n${act.title}`)
    console.log(renderTimeline(report, 'text'))
    const accepted = origin.requests.find(({ status }) => status === 201)
    if (accepted === undefined) {
      const received = origin.requests.reduce((sum, { bytes }) => sum + bytes, 0)
      console.log(`  bytes of the body that the server received: ${received}`)
      return
    }
    console.log(`  sha256 of the file      ${sha256}`)
    console.log(`  sha256 at the server    ${accepted.sha256}`)
    console.log(`  ${accepted.sha256 === sha256 ? 'equal' : 'DIFFERENT'}`)
    if (accepted.sha256 !== sha256) process.exitCode = 1
  } finally {
    await origin.close()
  }
}

await main()
