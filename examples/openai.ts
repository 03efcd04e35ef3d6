// Uploads a file with OpenAI's client; this origin answers 413, so nothing of it is sent.
// Usage: node examples/openai.ts [base URL], with OPENAI_API_KEY in the environment.
import OpenAI, { toFile } from 'openai'
import { createFetch } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const { OPENAI_API_KEY = 'none' } = process.env
const headers = { 'content-type': 'application/json' }
const body = JSON.stringify({ error: { message: 'The file is too large' } })
const origin = await startOrigin({ mode: { status: 413, headers, body } })

const client = new OpenAI({
  apiKey: OPENAI_API_KEY,
  baseURL: given ?? origin.url,
  fetch: createFetch({ continueTimeout: 500 }),
})
const file = await toFile(Buffer.alloc(8 * 1024 * 1024, 'words'), 'words.txt')
const outcome = await client.files
  .create({ file, purpose: 'user_data' })
  .catch((error: Error) => error)
console.log('message' in outcome ? `refused: ${outcome.message}` : `uploaded: ${outcome.id}`)
for (const { asked, bytes } of origin.requests) console.log(`asked: ${asked}, took ${bytes} bytes`)

await origin.close()
