// Uploads a file only if its URL has none. With `If-None-Match: *` and an expectation, a server that has the file
// answers 412, and no part of the file is sent. Usage: node examples/only-if-new.ts [url]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromFile, upload } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
const path = join(folder, 'video.h264')
writeFileSync(path, Buffer.alloc(8 * 1024 * 1024, 'video'))

const stored = new Set<string>()
const origin = await startOrigin({
  mode: ({ headers, path: at }) => {
    if (headers['if-none-match'] === '*' && stored.has(at)) return 412
    stored.add(at)
    return 'go'
  },
})
const url = given ?? `${origin.url}/videos/1`

for (const time of ['first', 'second']) {
  const { response, report } = await upload(url, fromFile(path), {
    headers: { 'if-none-match': '*' },
    expect: 'always', // also for small files
  })
  await response.text()
  const done = response.status === 412 ? 'is there already' : String(response.status)
  console.log(`${time}: ${done}, ${report.sentBytes} bytes sent, ${report.savedBytes} saved`)
}

await origin.close()
rmSync(folder, { recursive: true })
