import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeLater } from './closing.ts'

/** An origin that answers what came: the method, whether its length was known, and a word of it. */
export async function mirror(): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    const content = Buffer.concat(chunks)
    const told = content.includes('hello') ? 'hello' : content.toString('hex')
    response.end(`${request.method} ${request.headers['content-length'] ? 'known' : '-'} ${told}`)
  })
  server.listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  closeLater(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
