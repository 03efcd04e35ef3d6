import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// Sends a 100, reads the content as fast as it arrives, and answers with the number of bytes.
const take = (request: IncomingMessage, response: ServerResponse): void => {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.on('end', () => response.writeHead(201).end(String(bytes)))
}

const server = createServer(take).on('checkContinue', (request, response) => {
  response.writeContinue()
  take(request, response)
})
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port)
})
