import { createReadStream } from 'node:fs'
import { Client, type ClientOptions } from '@elastic/elasticsearch'
import { UndiciConnection } from '@elastic/transport'
import { expect } from 'chai'
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { startOrigin } from '../../lib/testing/index.ts'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'

const headers = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' }
const body = JSON.stringify({ errors: false, took: 1, items: [] })
const response = { status: 200, headers, body }
const operations = Array.from({ length: 2000 }, (_, id) => [
  { index: { _index: 'videos' } },
  { id, title: 'a title that is long enough for a large request' },
]).flat()
const lines = operations.map((each) => `${JSON.stringify(each)}\n`).join('')

function clientFor(node: string, agent?: NonNullable<ClientOptions['agent']>): Client {
  const own = agent === undefined ? {} : { agent }
  const client = new Client({ node, Connection: UndiciConnection, maxRetries: 0, ...own })
  closeLater(() => client.close())
  return client
}

const asking = ({ origin, dispatcher }: Upload): Client => clientFor(origin, () => dispatcher)

describeClient(
  '@elastic/elasticsearch, whose agent is a function that returns an ExpectAgent,',
  {
    'a file stream': (upload) => {
      const bulkBody = createReadStream(upload.path)
      const request = { method: 'POST', path: '/_bulk', bulkBody }
      return statusOf(asking(upload).transport.request(request, { meta: true }))
    },
    operations: (upload) => statusOf(asking(upload).bulk({ operations }, { meta: true })),
  },
  { response, bytes: Buffer.from(lines), returnsRedirects: ['a file stream', 'operations'] },
)

describe('@elastic/elasticsearch with its own pool', () => {
  it('sends no expectation, because it ignores the global dispatcher', async () => {
    const origin = await startOrigin({ response })
    closeLater(() => origin.close())
    const before = getGlobalDispatcher()
    closeLater(() => setGlobalDispatcher(before))
    setGlobalDispatcher(agentFor({ threshold: 1024 }))
    await clientFor(origin.url).bulk({ operations })
    expect(origin.requests.map(({ asked }) => asked)).to.eql([false])
  })
})
