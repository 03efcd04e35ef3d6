import { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Call } from './call.ts'

/** Header lines in order; a name may occur more than once. */
export type Lines = readonly (readonly [name: string, value: string])[]

/** A response; strings are latin1 bytes. */
export interface Reply {
  readonly status?: number
  readonly statusText?: string
  readonly headers?: Lines
  readonly content?: string | Buffer | AsyncIterable<string | Buffer>
}

/** The bytes of an HTTP/1.1 response, valid or not; the connection closes after them. */
export interface Raw {
  readonly raw: string | Buffer | AsyncIterable<string>
}

export type Answer = Reply | Raw

/** Replaces one of the suite's server scripts. */
export type Handler = (call: Call) => Answer | Promise<Answer>

export async function send(
  answer: Answer,
  response: ServerResponse | Http2ServerResponse,
): Promise<void> {
  if ('raw' in answer) return response.socket ? sendRaw(answer, response.socket) : undefined
  const { status = 200, statusText, headers = [], content = '' } = answer
  response.statusCode = status
  // HTTP/2 has no reason phrase.
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

/** Sends bytes and closes the connection. */
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
