// Uploads over a Unix socket, as to a daemon on the same machine.
// Usage: node examples/unix-socket.ts [socket path] [url]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExpectAgent, upload } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
const own = join(folder, 'origin.sock')
const origin = await startOrigin({ socketPath: own })

const [, , socketPath = own, url = `${origin.url}/videos`] = process.argv
const dispatcher = new ExpectAgent({ connect: { socketPath } })
const content = Buffer.alloc(8 * 1024 * 1024, 'video')
const { response, report } = await upload(url, content, { dispatcher })
console.log(`${report.outcome}: ${response.status}, ${report.sentBytes} bytes sent`)

await dispatcher.close()
await origin.close()
rmSync(folder, { recursive: true })
