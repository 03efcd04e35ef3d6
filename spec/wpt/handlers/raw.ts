import { setTimeout as delay } from 'node:timers/promises'
import type { Handler } from '../server/answer.ts'

/** Sends the query as raw bytes. */
export const message: Handler = ({ query }) => ({ raw: query.get('message') ?? '' })

/** Sends the status line in the query. */
export const statusCode: Handler = ({ query }) => ({
  raw: `HTTP/1.1 ${query.get('input') ?? ''}\nheader-parsing: is sad\n`,
})

/** Sends 42 bytes with the Content-Length in the query. */
export const contentLength: Handler = ({ query }) => {
  const head = ['HTTP/1.1 200 OK', 'Content-Type: text/plain;charset=UTF-8', 'Connection: close']
  const lines = [...head, query.get('length') ?? '', '', '']
  return { raw: `${lines.join('\r\n')}There are exactly forty-two bytes in here.` }
}

/** Breaks off within chunked content. */
export const badChunks: Handler = ({ query }) => {
  const ms = Number(query.get('ms') ?? '1000')
  const count = Number(query.get('count') ?? '50')
  async function* bytes(): AsyncGenerator<string> {
    await delay(ms)
    yield 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    await delay(ms)
    for (let at = 0; at < count; at += 1) {
      yield 'a\r\nTEST_CHUNK\r\n'
      await delay(ms)
    }
    yield 'garbage'
  }
  return { raw: bytes() }
}
