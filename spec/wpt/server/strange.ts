import { Readable } from 'node:stream'
import type { Answer, Raw } from './answer.ts'
import type { Incoming } from './call.ts'

/** The error of Node's server for bytes that it cannot parse. */
export interface ParseError extends Error {
  code?: string
  rawPacket?: Buffer
}

/**
 * Parses a request with a method that Node's server does not know, such as the tests send; `null` for other errors.
 * The whole request must be in one packet.
 */
export function readStrange({ code, rawPacket }: ParseError, socket: Incoming['socket']) {
  if (code !== 'HPE_INVALID_METHOD' || rawPacket === undefined) return null
  const end = rawPacket.indexOf('\r\n\r\n')
  if (end === -1) return null
  const [line = '', ...lines] = rawPacket.toString('latin1', 0, end).split('\r\n')
  const [method = '', url = '/'] = line.split(' ')
  const rawHeaders = lines.flatMap((header) => {
    const [name = '', ...value] = header.split(':')
    return [name, value.join(':').trim()]
  })
  const body = Readable.from([rawPacket.subarray(end + 4)])
  return Object.assign(body, { method, url, rawHeaders, httpVersionMajor: 1, socket })
}

/** The response as bytes, because there is no ServerResponse. */
export function rawOf(answer: Answer): Raw {
  if ('raw' in answer) return answer
  const { status = 200, statusText = 'OK', headers = [], content = '' } = answer
  if (typeof content !== 'string' && !Buffer.isBuffer(content)) {
    throw new Error('A request with a method of its own can be answered with whole content only')
  }
  const text = content.toString('latin1')
  const own = [...headers, ['Content-Length', String(text.length)], ['Connection', 'close']]
  const lines = own.map(([name, value]) => `${name}: ${value}\r\n`)
  return { raw: `HTTP/1.1 ${status} ${statusText}\r\n${lines.join('')}\r\n${text}` }
}
