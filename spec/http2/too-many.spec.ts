import {
  constants,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { Server } from 'node:net'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { listening } from '../support/listening.ts'
import { tlsFront } from '../support/tls-front.ts'

describe('an HTTP/2 server with one concurrent stream', () => {
  it('gets each of 100 uploads, of which it refuses some', async () => {
    const secret = await identity()
    const server = createSecureServer({ ...secret, settings: { maxConcurrentStreams: 1 } })
    let requests = 0
    // Without such a listener, Node emits no 'checkContinue'.
    server.on('request', (_request, response) => response.end())
    server.on('checkContinue', (request: Http2ServerRequest, response: Http2ServerResponse) => {
      request.on('error', () => {})
      requests += 1
      if (requests % 5 === 0) {
        response.writeHead(413)
        response.end('no')
        return
      }
      response.writeContinue()
      request.resume().on('end', () => {
        response.writeHead(201)
        response.end('stored')
      })
    })
    const port = await listening(server as unknown as Server)
    const dispatcher = agentFor({ allowH2: true, connect: { ca: secret.cert } })
    closeLater(() => dispatcher.destroy())
    const options = {
      dispatcher,
      expect: 'always',
      memory: false,
      continueTimeout: 60_000,
    } as const
    const content = noise(100_000)
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const { response } = await upload(`https://127.0.0.1:${port}/`, content, options)
        await response.text()
        return response.status
      }),
    )
    expect([...new Set(statuses)].sort()).to.deep.equal([201, 413])
  })
})

describe('an HTTP/2 server that resets each stream with ENHANCE_YOUR_CALM', () => {
  it('gets an upload no more often than one with REFUSED_STREAM', async () => {
    let streams = 0
    const front = await tlsFront(['h2'], (request, response) => {
      request.resume().on('end', () => response.end())
    })
    front.http2.on('stream', (stream) => {
      if (stream.id === 1) return
      streams += 1
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    })
    const dispatcher = agentFor({ allowH2: true, connect: { ca: front.ca } })
    const options = { dispatcher, continueTimeout: 60_000 }
    await upload(front.url, 'first', { ...options, expect: 'never' })
    const failure = await upload(front.url, 'second', { ...options, expect: 'always' }).catch(
      (error: unknown) => error,
    )
    expect(failure).to.have.property('code', 'ERR_HTTP2_STREAM_ERROR')
    expect(streams).to.equal(4)
  })
})
