// Indexes documents in bulk with Elasticsearch's client: its agent may be a function, and an
// ExpectAgent has the request method that the client then calls.
// Usage: node examples/elasticsearch-bulk.ts [node URL]
import { Client } from '@elastic/elasticsearch'
import { ExpectAgent } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const headers = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' }
const body = JSON.stringify({ errors: false, took: 1, items: [] })
const origin = await startOrigin({ response: { status: 200, headers, body } })

// TLS is the agent's business then: the client's own tls and caFingerprint have no effect.
const client = new Client({ node: given ?? origin.url, agent: () => new ExpectAgent() })
const document = { index: { _index: 'videos' } }
const operations = Array.from({ length: 50_000 }, (_, id) => [document, { id, title: 'A video' }])
const { errors } = await client.bulk({ operations: operations.flat() })
console.log(`indexed: ${errors ? 'with errors' : 'without errors'}`)
for (const { asked, bytes } of origin.requests) console.log(`asked: ${asked}, took ${bytes} bytes`)

await client.close()
await origin.close()
