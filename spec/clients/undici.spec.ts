import { createReadStream, openAsBlob } from 'node:fs'
import { expect } from 'chai'
import { type Dispatcher, interceptors, RetryAgent, request } from 'undici'
import { startOrigin } from '../../lib/testing/index.ts'
import { describeClient, type Upload } from '../support/clients-runner.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'

type Body = Buffer | Blob | ReturnType<typeof createReadStream>

async function put(url: string, dispatcher: Dispatcher, content: Body): Promise<number> {
  // The types lack Blob as a body.
  const response = await request(url, { method: 'PUT', dispatcher, body: content as Buffer })
  await response.body.dump()
  return response.statusCode
}

const plain = ({ url, dispatcher }: Upload, body: Body) => put(url, dispatcher, body)

describeClient(
  'request of undici',
  {
    'a file stream': (upload) => plain(upload, createReadStream(upload.path)),
    'a buffer': (upload) => plain(upload, upload.bytes),
    'a blob of a file': async (upload) => plain(upload, await openAsBlob(upload.path)),
  },
  { returnsRedirects: ['a file stream', 'a buffer', 'a blob of a file'] },
)

const redirected = ({ url, dispatcher }: Upload, body: Body) =>
  put(url, dispatcher.compose(interceptors.redirect({ maxRedirections: 3 })), body)

describeClient('the redirect interceptor of undici', {
  'a file stream': (upload) => redirected(upload, createReadStream(upload.path)),
  'a buffer': (upload) => redirected(upload, upload.bytes),
  'a blob of a file': async (upload) => redirected(upload, await openAsBlob(upload.path)),
})

const retries = { maxRetries: 2, minTimeout: 1 }
const retriers: Record<string, (agent: Dispatcher) => Dispatcher> = {
  'the retry interceptor of undici': (agent) => agent.compose(interceptors.retry(retries)),
  'the RetryAgent of undici': (agent) => new RetryAgent(agent, retries),
}

for (const [name, over] of Object.entries(retriers)) {
  describe(name, () => {
    it('sends an expectation again after a 503 before the content', async () => {
      const bytes = Buffer.alloc(10_000, 'content')
      const origin = await startOrigin({ mode: () => (origin.requests.length > 1 ? 'go' : 503) })
      closeLater(() => origin.close())
      const agent = agentFor({ threshold: 1024, continueTimeout: 60_000 })
      const status = await put(origin.url, over(agent), bytes)
      const seen = origin.requests.map(({ asked, status, bytes }) => ({ asked, status, bytes }))
      expect(seen).to.eql([
        { asked: true, status: 503, bytes: 0 },
        { asked: true, status: 201, bytes: bytes.length },
      ])
      expect(status).to.equal(201)
    })
  })
}
