import { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Call } from './call.ts'

/** Header lines in the order in which they go out; a name may come more than once. */
export type Lines = readonly (readonly [name: string, value: string])[]

/** A response; strings stand for bytes, one character each. */
export interface Reply {
  readonly status?: number
  readonly statusText?: string
  readonly headers?: Lines
  readonly content?: string | Buffer | AsyncIterable<string | Buffer>
}

/** The bytes of an HTTP/1.1 response, well-formed or not; the connection ends with them. */
export interface Raw {
  readonly raw: string | Buffer | AsyncIterable<string>
}

/** What a handler answers. */
export type Answer = Reply | Raw

/** Stands for one of the suite's server scripts. */
export type Handler = (call: Call) => Answer | Promise<Answer>

/** Sends an answer. */
export async function send(
  answer: Answer,
  response: ServerResponse | Http2ServerResponse,
): Promise<void> {
  if ('raw' in answer) return response.socket ? sendRaw(answer, response.socket) : undefined
  const { status = 200, statusText, headers = [], content = '' } = answer
  response.statusCode = status
  // HTTP/2 has none.
  if (statusText !== undefined && response instanceof ServerResponse) {
    response.statusMessage = statusText
  }
  for (const [name, values] of grouped(headers)) response.setHeader(name, values)
  if (typeof content === 'string' || Buffer.isBuffer(content)) {
    const bytes = bytesOf(content)
    if (status !== 204 && status !== 304) response.setHeader('content-length', bytes.length)
    response.end(bytes)
    return
  }
  if ('flushHeaders' in response) response.flushHeaders()
  await pipeline(Readable.from(content).map(bytesOf), response)
}

/** Sends bytes and ends the connection. */
export async function sendRaw({ raw }: Raw, socket: Writable): Promise<void> {
  const single = typeof raw === 'string' || Buffer.isBuffer(raw)
  await pipeline(Readable.from(single ? [raw] : raw).map(bytesOf), socket)
}

function grouped(headers: Lines): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const key = [...found.keys()].find((known) => known.toLowerCase() === name.toLowerCase())
    found.set(key ?? name, [...(found.get(key ?? name) ?? []), value])
  }
  return found
}

function bytesOf(content: string | Buffer): Buffer {
  return typeof content === 'string' ? Buffer.from(content, 'latin1') : content
}
