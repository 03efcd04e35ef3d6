import { Agent as HttpAgent } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Content } from './content.ts'
import type { CandidateName, Job } from './job.ts'
import { nodeHttp, nodeHttpPiped } from './node-http.ts'
import { bareSocket } from './socket.ts'

/** Makes an upload, reads the response and resolves with its status. */
export type Send = (url: URL, content: Content) => Promise<number>

/** Imports only the client that is measured. */
export async function clientOf(job: Job): Promise<Send> {
  const make = clients[job.candidate]
  if (make === undefined) throw new Error(`${job.candidate} is no function of this process`)
  return await make(job)
}

/** curl is a program, so it is not here. */
const clients: Partial<Record<CandidateName, (job: Job) => Send | Promise<Send>>> = {
  async upload({ method, memory }) {
    const { upload, fromFile } = await import('./ours.ts')
    const options = memory ? {} : { memory: false as const }
    return async (url, content) => {
      const body = content.kind === 'file' ? fromFile(content.file) : bodyOf(content)
      const headers = lengthOf(content)
      const { response } = await upload(url, body, { method, headers, ...options })
      await response.arrayBuffer()
      return response.status
    }
  },

  async dispatcher({ method, memory }) {
    const { ExpectAgent, fromFile } = await import('./ours.ts')
    const agent = new ExpectAgent(memory ? {} : { memory: false })
    return requestThrough(agent, method, ({ file }) => fromFile(file) as unknown as Readable)
  },

  async never({ method }) {
    const { ExpectAgent } = await import('./ours.ts')
    return requestThrough(new ExpectAgent({ expect: 'never' }), method)
  },

  async fetch({ method }) {
    const { fetch } = await import('./ours.ts')
    return async (url, content) => {
      const response = await fetch(url, { method, body: bodyOf(content) })
      await response.arrayBuffer()
      return response.status
    }
  },

  async undici({ method }) {
    const { Agent } = await import('undici')
    return requestThrough(new Agent(), method)
  },

  async 'undici-fetch'({ method }) {
    const { Agent, fetch } = await import('undici')
    const dispatcher = new Agent()
    return async (url, { bytes }) => {
      const response = await fetch(url, { method, body: bytes, dispatcher })
      await response.arrayBuffer()
      return response.status
    }
  },

  http: nodeHttp,
  'http-piped': nodeHttpPiped,
  raw: bareSocket,

  async axios({ method }) {
    const { default: axios } = await import('axios')
    const client = axios.create({
      httpAgent: new HttpAgent({ keepAlive: true }),
      maxBodyLength: Number.POSITIVE_INFINITY,
      // To follow redirects, the client would keep all content in memory.
      maxRedirects: 0,
      validateStatus: () => true,
    })
    return async ({ href: url }, content) => {
      const headers = lengthOf(content)
      return (await client.request({ url, method, headers, data: streamOrBytes(content) })).status
    }
  },

  async got({ method }) {
    const { default: got } = await import('got')
    const client = got.extend({
      agent: { http: new HttpAgent({ keepAlive: true }) },
      retry: { limit: 0 },
      throwHttpErrors: false,
      followRedirect: false,
    })
    return async (url, content) => {
      const body = streamOrBytes(content)
      return (await client(url, { method, headers: lengthOf(content), body })).statusCode
    }
  },

  async 'node-fetch'({ method }) {
    const { default: fetch } = await import('node-fetch')
    const agent = new HttpAgent({ keepAlive: true })
    return async (url, content) => {
      const body = streamOrBytes(content)
      const response = await fetch(url, { method, headers: lengthOf(content), agent, body })
      await response.arrayBuffer()
      return response.status
    }
  },

  /**
   * Sends an expectation and waits, which it does on a new connection for each upload. With an agent of the caller,
   * it does not wait.
   */
  async smithy({ method }) {
    const { NodeHttpHandler } = await import('@smithy/node-http-handler')
    type SmithyRequest = Parameters<InstanceType<typeof NodeHttpHandler>['handle']>[0]
    const handler = new NodeHttpHandler()
    return async ({ protocol, hostname, port, pathname: path }, content) => {
      const headers = { ...lengthOf(content), expect: '100-continue' }
      const body = streamOrBytes(content)
      const place = { protocol, hostname, port: Number(port), path, query: {} }
      // The handler uses only these properties.
      const request = { ...place, headers, method, body } as unknown as SmithyRequest
      const { response } = await handler.handle(request)
      if (response.body instanceof Readable) await response.body.resume().toArray()
      return response.statusCode
    }
  },
}

/** undici's `request` with a dispatcher. */
async function requestThrough(
  dispatcher: Dispatcher,
  method: Job['method'],
  fileBody = (content: Content): Readable => content.fileStream(),
): Promise<Send> {
  const { request } = await import('undici')
  return async (url, content) => {
    const body = content.kind === 'file' ? fileBody(content) : streamOrBytes(content)
    const sent = { method, headers: lengthOf(content), dispatcher, body }
    const { statusCode, body: answer } = await request(url, sent)
    await answer.dump()
    return statusCode
  }
}

type Body = string | Buffer | Blob | FormData | AsyncGenerator<Buffer> | Readable

function bodyOf(content: Content): Body | ReturnType<Content['webStream']> {
  switch (content.kind) {
    case 'buffer':
      return content.bytes
    case 'string':
      return content.bytes.toString('latin1')
    case 'blob':
      return new Blob([content.bytes])
    case 'form':
      return content.form()
    case 'generator':
      return content.chunks()
    case 'stream':
      return content.stream()
    case 'web stream':
      return content.webStream()
    case 'file':
      return content.fileStream()
  }
}

/** For clients that do not accept generators. */
function streamOrBytes(content: Content): Buffer | Readable {
  if (content.kind === 'buffer') return content.bytes
  return content.kind === 'file' ? content.fileStream() : content.stream()
}

/** Every client declares the length, except for a form, whose encoder sets it. */
function lengthOf({ kind, size }: Content): Record<string, string> {
  return kind === 'form' ? {} : { 'content-length': String(size) }
}
