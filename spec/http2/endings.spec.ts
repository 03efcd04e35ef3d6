import { constants, type ServerHttp2Stream } from 'node:http2'
import { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { expect } from 'chai'
import { request } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import {
  data,
  framesOrigin,
  goaway,
  head,
  rstStream,
  type Send,
  windowUpdate,
} from '../support/frames-origin.ts'
import { signal } from '../support/signal.ts'
import { type Front, type Play, tlsFront } from '../support/tls-front.ts'

const go: Play = (request, response) => {
  response.writeContinue()
  request.resume()
}

const store: Play = (request, response, asked) => {
  if (asked) response.writeContinue()
  request.resume()
  request.on('end', () => response.end())
}

const asking = { expect: 'always', continueTimeout: 60_000, allowH2: true } as const

async function openFront(play: Play): Promise<Front & { send: typeof upload }> {
  const front = await tlsFront(['h2'], play)
  const dispatcher = agentFor({ ...asking, connect: { ca: front.ca } })
  const send: typeof upload = (url, content, options) =>
    upload(url, content, { dispatcher, ...options })
  return Object.assign(front, { send })
}

/** The stream was reset without an end, and the connection accepts the next upload. */
async function expectReset(front: Front & { send: typeof upload }): Promise<void> {
  await front.until(/^RST_STREAM 1 code 8$/)
  expect(front.frames).not.to.include('DATA 1 END_STREAM')
  const controller = new AbortController()
  const next = front.send(front.url, 'next', { signal: controller.signal }).catch(() => {})
  await front.until(/^HEADERS 3/)
  controller.abort()
  await next
  expect(front.connections).to.equal(1)
}

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) yield noise(10_000)
}

describe('an upload over HTTP/2 that fails', () => {
  it('sends only its head when it is aborted during the wait', async () => {
    const asked = signal()
    const front = await openFront(() => asked.raise())
    const controller = new AbortController()
    const answer = front.send(front.url, endless(), { signal: controller.signal }).catch((e) => e)
    await asked.raised
    controller.abort()
    expect(await answer).to.have.property('name', 'AbortError')
    await expectReset(front)
    expect(front.frames).not.to.include('DATA 1')
  })

  it('never ends the content when it is aborted while content is sent', async () => {
    const controller = new AbortController()
    const front = await openFront((request, response, asked) => {
      go(request, response, asked)
      request.once('data', () => controller.abort())
    })
    const answer = front.send(front.url, endless(), { signal: controller.signal }).catch((e) => e)
    expect(await answer).to.have.property('name', 'AbortError')
    await expectReset(front)
  })

  it('is reset when it is aborted without an expectation', async () => {
    const front = await openFront(() => {})
    const controller = new AbortController()
    const options = { expect: 'never', signal: controller.signal } as const
    const answer = front.send(front.url, noise(1_000_000), options).catch((error) => error)
    await front.until(/^DATA 1/)
    controller.abort()
    expect(await answer).to.have.property('name', 'AbortError')
    await expectReset(front)
  })

  it('never ends the content when it is aborted in the turn of a write', async () => {
    const front = await openFront(go)
    const controller = new AbortController()
    async function* content(): AsyncGenerator<Buffer> {
      yield noise(100)
      yield noise(100)
      // The generator resumes in the turn in which the chunk before was written.
      controller.abort()
      yield noise(100)
    }
    const answer = front
      .send(front.url, content(), { signal: controller.signal })
      .catch((error) => error)
    expect(await answer).to.have.property('name', 'AbortError')
    await expectReset(front)
  })

  for (const [when, chunks] of [
    ['at once', 0],
    ['after some content', 3],
  ] as const) {
    it(`never ends the content when its source fails ${when}`, async () => {
      const front = await openFront(go)
      const reason = new Error('the disk is gone')
      async function* content(): AsyncGenerator<Buffer> {
        for (let count = 0; count < chunks; count++) yield noise(1000)
        throw reason
      }
      const failure = await front.send(front.url, content()).catch((error) => error)
      expect(failure).to.equal(reason)
      await expectReset(front)
    })
  }

  it('never ends the content when its source is shorter than declared', async () => {
    const front = await openFront(go)
    const headers = { 'content-length': '5' }
    const content = (async function* () {
      yield 'abc'
    })()
    const failure = await front.send(front.url, content, { headers }).catch((error) => error)
    expect(failure).to.have.property('code', 'ERR_EXPECT_CONTENT_SHORT')
    await expectReset(front)
  })

  it('never ends the content when a refusal is complete before it', async () => {
    const front = await openFront((request, response) => {
      response.writeContinue()
      response.statusCode = 403
      request.once('data', () => response.end('enough'))
    })
    const { response, report } = await front.send(front.url, endless())
    expect(await response.text()).to.equal('enough')
    expect(report.outcome).to.equal('continued')
    await expectReset(front)
  })

  it('fails with a code when the connection accepts no bytes', async () => {
    const front = await openFront((_request, response) => response.writeContinue())
    const timeouts = { stall: 100 }
    const failure = await front.send(front.url, endless(), { timeouts }).catch((error) => error)
    expect(failure).to.have.property('code', 'ERR_EXPECT_STALL_TIMEOUT')
    await expectReset(front)
  })
})

describe('a refusal over HTTP/2', () => {
  const large = noise(1_000_000)

  for (const [name, content] of Object.entries({
    'a buffer': () => large,
    'a stream': endless,
  })) {
    it(`in mid-content reports the sent bytes of ${name}, up to the pending write`, async () => {
      const allowed = 125_535
      let received = 0
      const origin = await framesOrigin((text, send, _socket, { type, content: bytes }) => {
        if (text === 'HEADERS 1') send(windowUpdate(1, allowed - 65_535), head(1, 100))
        if (type !== 'DATA') return
        received += bytes.length
        if (received === allowed) send(head(1, 413, true))
      })
      const connect = { ca: origin.ca }
      const dispatcher = agentFor({ ...asking, connect })
      const { response, report } = await upload(origin.url, content(), { dispatcher })
      expect(response.status).to.equal(413)
      expect(report.sentBytes).to.be.within(allowed - 65_536, allowed)
    })
  }

  const endings: Readonly<Record<string, (send: Send, socket: TLSSocket) => void>> = {
    'the end of the connection': (_send, socket) => socket.end(),
    'a GOAWAY': (send) => send(goaway(1, 0)),
    'a GOAWAY and the end of the connection': (send, socket) => {
      send(goaway(1, 0))
      socket.end()
    },
    'a GOAWAY with an error': (send) => send(goaway(1, 11)),
    'a RST_STREAM': (send) => send(rstStream(1, 0)),
    'a RST_STREAM with CANCEL': (send) => send(rstStream(1, 8)),
  }
  const refused: Readonly<Record<string, { on: RegExp; expect: 'always' | 'never' }>> = {
    'before the content': { on: /^HEADERS 1/, expect: 'always' },
    'in mid-content': { on: /^DATA 1/, expect: 'always' },
    'in content without an expectation': { on: /^DATA 1/, expect: 'never' },
  }
  for (const [what, end] of Object.entries(endings)) {
    for (const [when, { on, expect: asks }] of Object.entries(refused)) {
      it(`${when} keeps its content when ${what} directly follows it`, async () => {
        const reason = noise(40_000)
        let answered = false
        const origin = await framesOrigin((text, send, socket) => {
          if (answered) return
          answered = on.test(text)
          if (!answered) {
            if (text.startsWith('HEADERS 1')) send(head(1, 100))
            return
          }
          // All frames in one piece.
          socket.cork()
          send(head(1, 413), data(1, reason))
          end(send, socket)
          socket.uncork()
        })
        const connect = { ca: origin.ca }
        const dispatcher = agentFor({ ...asking, expect: asks, connect })
        const { response } = await upload(origin.url, large, { dispatcher })
        expect(response.status).to.equal(413)
        expect(sha256(new Uint8Array(await response.arrayBuffer()))).to.equal(sha256(reason))
      })
    }
  }
})

describe('a response over HTTP/2 that is complete before the content', () => {
  it('can be read when the stream is closed with NO_ERROR directly after it', async () => {
    const origin = await framesOrigin((text, send) => {
      if (!text.startsWith('HEADERS 1')) return
      // Like Go, when a handler returns before it has read all content.
      send(head(1, 100), head(1, 201), data(1, Buffer.from('stored')), rstStream(1, 0))
    })
    const dispatcher = agentFor({ ...asking, connect: { ca: origin.ca } })
    const { response } = await upload(origin.url, endless(), { dispatcher })
    expect(await response.text()).to.equal('stored')
    await dispatcher.close()
  })
})

describe('an upload over HTTP/2 that the origin did not process', () => {
  type Reject = (stream: ServerHttp2Stream) => void
  const rejections: readonly (readonly [string, Reject])[] = [
    ['REFUSED_STREAM', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)],
    // Only the stream before it was processed.
    ['a GOAWAY', (stream) => stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 1)],
    ['a GOAWAY with an error', (stream) => stream.session?.goaway(11, 1)],
    ['a GOAWAY that ends the connection', (stream) => stream.session?.goaway(11, 3)],
    ['the end of the connection', (stream) => stream.session?.destroy()],
  ]
  for (const [name, reject] of rejections) {
    it(`is sent again after ${name}, for any method and content`, async () => {
      let count = 0
      const front = await openFront((request, response, asked) => {
        count += 1
        if (count !== 2) store(request, response, asked)
      })
      front.http2.on('stream', (stream) => {
        if (stream.id === 3) reject(stream)
      })
      await front.send(front.url, 'first')
      const content = (async function* () {
        yield 'abc'
      })()
      const { response, report } = await front.send(front.url, content, { method: 'POST' })
      expect(response.status).to.equal(200)
      const reasons = report.attempts.map(({ reason, sentBytes }) => `${reason} ${sentBytes}`)
      expect(reasons).to.eql(['first 0', 'fresh-connection 3'])
    })
  }
})

describe('one-shot content over HTTP/2', () => {
  it('is read little further than it is sent, so that it can be sent again', async () => {
    // More than the replay window, and all of it at hand.
    const content = noise(300_000)
    const received: Buffer[] = []
    const origin = await framesOrigin((text, send, _socket, frame) => {
      if (text.startsWith('HEADERS')) send(head(frame.stream, 100))
      if (text === 'HEADERS 3') send(windowUpdate(3, 2 * content.length))
      if (frame.type !== 'DATA') return
      if (frame.stream === 1) send(rstStream(1, constants.NGHTTP2_REFUSED_STREAM))
      else received.push(frame.content)
      if (frame.ends) send(head(frame.stream, 201, true))
    })
    const dispatcher = agentFor({ ...asking, connect: { ca: origin.ca } })
    const { response } = await upload(origin.url, Readable.from(chunksOf(content, 30)), {
      dispatcher,
    })
    expect(response.status).to.equal(201)
    expect(sha256(Buffer.concat(received))).to.equal(sha256(content))
  })
})

describe('concurrent uploads over HTTP/2', () => {
  it('share a connection, each with its own content and outcome', async () => {
    const received = new Map<string, string>()
    const front = await openFront((request, response, asked) => {
      const path = request.url ?? ''
      if (path.startsWith('/refused') || (path.startsWith('/replayed') && asked)) {
        response.statusCode = path.startsWith('/refused') ? 413 : 417
        response.end()
        return
      }
      if (asked) response.writeContinue()
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        received.set(path, sha256(Buffer.concat(chunks)))
        response.end()
      })
    })
    const kinds = ['continued', 'refused', 'replayed']
    // The first upload opens the connection. Otherwise, uploads that wait for it would open more.
    await front.send(`${front.url}/continued`, 'first')
    const uploads = Array.from({ length: 50 }, async (_, index) => {
      const kind = kinds[index % kinds.length] ?? ''
      const path = `/${kind}/${index}`
      const bytes = noise(50_000 + index, index + 1)
      const one = (async function* () {
        yield bytes.subarray(0, 1000)
        yield bytes.subarray(1000)
      })()
      const { report } = await front.send(front.url + path, index % 2 === 0 ? bytes : one)
      expect(report.outcome).to.equal(kind)
      expect(received.get(path)).to.equal(kind === 'refused' ? undefined : sha256(bytes))
    })
    await Promise.all(uploads)
    expect(front.connections).to.equal(1)
  })
})

describe('a request over HTTP/2 through a dispatcher', () => {
  it('is not ended by a headersTimeout while its content is sent slowly', async () => {
    const front = await tlsFront(['h2'], store)
    const dispatcher = agentFor({ expect: 'always', headersTimeout: 50, connect: { ca: front.ca } })
    const paused = signal()
    setTimeout(() => paused.raise(), 150)
    async function* content(): AsyncGenerator<string> {
      yield 'abc'
      await paused.raised
      yield 'def'
    }
    const body = content() as unknown as Buffer
    const { statusCode } = await request(front.url, { method: 'PUT', body, dispatcher })
    expect(statusCode).to.equal(200)
  })
})
