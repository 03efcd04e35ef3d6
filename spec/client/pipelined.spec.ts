import { createServer } from 'node:http'
import { expect } from 'chai'
import type { Dispatcher } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'

/** A request that is aborted when its turn comes; undici closes the connection that it waited for. */
function giveUp(dispatcher: Dispatcher, origin: string): Promise<void> {
  return new Promise((over) => {
    dispatcher.dispatch(
      { origin, path: '/given-up', method: 'GET' },
      {
        onRequestStart: (controller) => controller.abort(new Error('given up')),
        onResponseStart: () => {},
        onResponseData: () => {},
        onResponseEnd: () => {},
        onResponseError: () => over(),
      },
    )
  })
}

describe('an upload on a pipelined connection', () => {
  it('is never sent again when the request after it is aborted', async () => {
    const requests: string[] = []
    const server = createServer((request, response) => {
      let bytes = 0
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      request.on('end', () => {
        requests.push(`${request.method} ${bytes}`)
        response.writeHead(201, { 'content-length': 10 }).write('half!')
      })
    })
    closeLater(() => {
      server.closeAllConnections()
      server.close()
    })
    const port = await listening(server)
    const origin = `http://127.0.0.1:${port}`
    const dispatcher = agentFor({ pipelining: 3, connections: 1, expect: 'always' })
    const content = (async function* () {
      yield 'content'
    })()
    const { response } = await upload(`${origin}/upload`, content, { dispatcher, method: 'PUT' })
    await giveUp(dispatcher, origin)
    const failure = await response.text().catch((error) => error.cause)
    expect(failure).to.be.an('error')
    expect(requests).to.deep.equal(['PUT 7'])
  })
})
