// Uploads a file with axios, whose fetch adapter takes a fetch that asks first, and shows how far it is.
// Usage: node examples/axios.ts [url]
import axios from 'axios'
import { createFetch, type Progress } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const origin = await startOrigin()
let last = ''

function onProgress({ phase, sent }: Progress): void {
  last = `${phase}: ${sent} bytes sent`
}

// Without a Request of its own, axios hands the body to fetch as it is; its types do not know null.
const env: object = { fetch: createFetch(), Request: null }
const client = axios.create({ adapter: 'fetch', env })
const content = Buffer.alloc(8 * 1024 * 1024, 'video')
const { status } = await client.put(given ?? origin.url, content, { fetchOptions: { onProgress } })
console.log(`put: ${status}`)
console.log(last)
for (const { asked, bytes } of origin.requests) console.log(`asked: ${asked}, took ${bytes} bytes`)

await origin.close()
