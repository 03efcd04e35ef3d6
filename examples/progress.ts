// Shows how far an upload is: waiting for the origin, sending, being answered.
// Usage: node examples/progress.ts [url]
import { type Progress, upload } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const origin = await startOrigin()
let shown = ''

function show({ phase, sent, total }: Progress): void {
  const quarters = total === null ? 0 : Math.floor((sent / total) * 4)
  const line = `${phase}: ${quarters * 25} %`
  if (line !== shown) console.log(line)
  shown = line
}

const content = Buffer.alloc(32 * 1024 * 1024, 'video')
const { response, report } = await upload(given ?? origin.url, content, { onProgress: show })
console.log(`${report.outcome}: ${response.status}, ${report.sentBytes} bytes sent`)

await origin.close()
