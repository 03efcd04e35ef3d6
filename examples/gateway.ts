// An upload endpoint that passes uploads on to a store. The store is asked before the client is told
// to go on: a refusal of the store reaches the client before it has sent anything.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { upload } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const store = await startOrigin({ mode: 413 })

async function passOn(request: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { response, report } = await upload(store.url + request.url, request, {
    method: request.method ?? 'PUT',
    headers: request.headers as Record<string, string>,
    redirect: 'manual',
    onContinue: () => answer.writeContinue(),
  })
  console.log(`the store said ${response.status} after ${report.sentBytes} bytes`)
  answer.writeHead(response.status, { connection: 'close' })
  if (response.body === null) answer.end()
  else Readable.fromWeb(response.body as never).pipe(answer)
}

const gateway = createServer()
for (const event of ['request', 'checkContinue']) gateway.on(event, passOn)
gateway.listen(0, '127.0.0.1', async () => {
  const { port } = gateway.address() as AddressInfo
  const { response, report } = await upload(
    `http://127.0.0.1:${port}/video`,
    Buffer.alloc(5_000_000),
  )
  console.log(`the client was told ${response.status} after ${report.sentBytes} bytes`)
  gateway.close()
  await store.close()
})
