import { Agent, type ClientRequest, request } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { FormDataEncoder } from 'form-data-encoder'
import type { Content } from './content.ts'
import { gathered, writeChunks, writeFile } from './gathered.ts'
import type { Job } from './job.ts'

/**
 * node:http with a handwritten expectation, wait and replay, as fast as possible. Connections are reused. Content in
 * memory is written in one piece, chunks in pieces of 512 KiB. Files are read 1 MiB ahead into buffers that are
 * reused.
 */
export function nodeHttp({ method }: Job): (url: URL, content: Content) => Promise<number> {
  const agent = new Agent({ keepAlive: true, writableHighWaterMark: gathered } as object)
  return async (url, content) => {
    const status = await attempt({ url, method, agent, content, asks: true, write })
    if (status !== 417) return status
    return await attempt({ url, method, agent, content, asks: false, write })
  }
}

/** node:http with a piped file, as the documentation of Node shows it. */
export function nodeHttpPiped({ method }: Job): (url: URL, content: Content) => Promise<number> {
  const agent = new Agent({ keepAlive: true })
  const piped = (sent: ClientRequest, content: Content) => pipeline(content.fileStream(), sent)
  return (url, content) => attempt({ url, method, agent, content, asks: true, write: piped })
}

interface Attempt {
  readonly url: URL
  readonly method: Job['method']
  readonly agent: Agent
  readonly content: Content
  readonly asks: boolean
  write(sent: ClientRequest, content: Content): Promise<unknown>
}

function attempt({ url, method, agent, content, asks, write }: Attempt): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { ...framing(content), ...(asks && { expect: '100-continue' }) }
    const sent = request(url, { method, headers, agent })
    let begun = false
    const begin = (): void => {
      clearTimeout(timer)
      if (begun) return
      begun = true
      write(sent, content).catch(reject)
    }
    const timer = setTimeout(begin, 1000)
    if (!asks) begin()
    sent.on('continue', begin)
    sent.on('error', reject)
    sent.on('response', (response) => {
      clearTimeout(timer)
      response.resume()
      response.on('end', () => {
        if (!begun) sent.destroy()
        resolve(response.statusCode ?? 0)
      })
    })
  })
}

/** The encoder of each form: the head needs its boundary and its length. */
const encoders = new WeakMap<Content, FormDataEncoder>()

function framing(content: Content): Record<string, string> {
  if (content.kind !== 'form') return { 'content-length': String(content.size) }
  const encoder = new FormDataEncoder(content.form())
  encoders.set(content, encoder)
  return { ...encoder.headers }
}

async function write(sent: ClientRequest, content: Content): Promise<void> {
  const { kind, bytes } = content
  if (kind === 'buffer') sent.end(bytes)
  else if (kind === 'string') sent.end(bytes.toString('latin1'), 'latin1')
  else {
    await (kind === 'file' ? writeFile(sent, content) : writeChunks(sent, chunksOf(content)))
    sent.end()
  }
}

function chunksOf(content: Content): AsyncIterable<Uint8Array> {
  switch (content.kind) {
    case 'blob':
      return new Blob([content.bytes]).stream()
    case 'form':
      return encoders.get(content) as FormDataEncoder
    case 'web stream':
      return content.webStream()
    case 'stream':
      return content.stream()
    default:
      return content.chunks()
  }
}
