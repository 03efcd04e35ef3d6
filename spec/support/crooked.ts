import { createServer } from 'node:net'
import { listening } from './listening.ts'

/** What an origin sends on every connection, whatever is right. */
export interface CrookedOptions {
  /** To whoever connects. */
  readonly first?: string
  /** To a request that asks. */
  readonly asked?: string
  /** To a request that does not. */
  readonly unasked?: string
}

/** Starts an origin that sends what it is told, then ends the connection; answers its URL. */
export async function crooked(options: CrookedOptions): Promise<string> {
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
