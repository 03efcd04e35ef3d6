import { createServer } from 'node:net'
import { listening } from './listening.ts'

/** What an origin sends on each connection, valid or not. */
export interface RawOriginOptions {
  /** When the client connects. */
  readonly first?: string
  /** After a request with an expectation. */
  readonly asked?: string
  /** After a request without an expectation. */
  readonly unasked?: string
}

/** Starts an origin that sends these bytes and then closes the connection. Resolves with its URL. */
export async function rawOrigin(options: RawOriginOptions): Promise<string> {
  const { first = '', asked = '', unasked = '' } = options
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write(first, 'latin1')
    socket.once('data', (head: Buffer) => {
      socket.end(head.includes('\r\nexpect: 100-continue\r\n') ? asked : unasked, 'latin1')
    })
  })
  const port = await listening(server)
  return `http://127.0.0.1:${port}`
}
