import { createServer } from 'node:http'
import { listening } from './listening.ts'

/** An origin that answers with the method of the request, whether its length was known, and its first word. */
export async function mirror(): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    const content = Buffer.concat(chunks)
    const word = content.includes('hello') ? 'hello' : content.toString('hex')
    response.end(`${request.method} ${request.headers['content-length'] ? 'known' : '-'} ${word}`)
  })
  const port = await listening(server)
  return `http://127.0.0.1:${port}/`
}
