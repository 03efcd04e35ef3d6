// Aborts an upload midway, asks the origin how much arrived, and uploads the rest.
// Usage: node examples/abort.ts [url], to a server that answers HEAD with an Upload-Offset
// and appends what is sent with PATCH.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetch, fromFile, upload } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const size = 64 * 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
const path = join(folder, 'video.h264')
writeFileSync(path, Buffer.alloc(size, 'video'))
const origin = await startOrigin({
  response: () => ({
    status: 204,
    headers: { 'upload-offset': String(origin.requests[0]?.bytes) },
  }),
})
const url = given ?? origin.url

const controller = new AbortController()
const interrupted = await upload(url, fromFile(path), {
  signal: controller.signal,
  onProgress: ({ sent }) => {
    if (sent > size / 2) controller.abort()
  },
}).catch((error: Error) => error)
console.log(
  `first: ${interrupted instanceof Error ? interrupted.name : interrupted.response.status}`,
)

const { headers } = await fetch(url, { method: 'HEAD' })
const start = Number(headers.get('upload-offset'))
const { response, report } = await upload(url, fromFile(path, { start }), {
  method: 'PATCH',
  headers: { 'upload-offset': String(start) },
})
const whole = start + report.sentBytes === size ? 'whole' : 'not whole'
console.log(`then: ${response.status}, ${whole} from byte ${start}`)

await origin.close()
rmSync(folder, { recursive: true })
