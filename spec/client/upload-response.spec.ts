import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { expect } from 'chai'
import { type UploadOptions, upload } from '../../lib/client/upload.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'
import { origin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'

const manifest = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as {
  version: string
}

const text = 'what the origin says, '.repeat(5000)

/** Answers each upload after all its content has arrived. */
async function answering(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response, request))
  })
  const port = await listening(server)
  return `http://127.0.0.1:${port}/files`
}

async function sent(url: string, options: UploadOptions = {}): Promise<Response> {
  const { response } = await upload(url, 'content', { dispatcher: agentFor(), ...options })
  return response
}

/** The head of an upload as it arrives, and its response. */
async function exchanged(options: UploadOptions): Promise<string[]> {
  const peer = await origin(async (wire) => {
    const head = await wire.head()
    await wire.content(head)
    wire.send('HTTP/1.1 201 Created', `x-head: ${encodeURIComponent(head)}`, 'content-length: 0')
  })
  const response = await sent(peer.url, options)
  await peer.done
  return decodeURIComponent(response.headers.get('x-head') ?? '').split('\r\n')
}

describe("upload's request", () => {
  it('has the default fields of an upload client, not those of a browser', async () => {
    const lines = await exchanged({})
    expect(lines.filter((line) => /^(sec-|accept-language)/i.test(line))).to.deep.equal([])
    expect(lines).to.include.members([
      'accept: */*',
      `user-agent: expect-continue/${manifest.version}`,
      'accept-encoding: gzip, deflate',
      'content-type: text/plain;charset=UTF-8',
      'content-length: 7',
    ])
  })

  it("has the caller's fields instead, with their spelling", async () => {
    const own = { 'User-Agent': 'mine', 'Content-Type': 'text/html', Range: 'bytes=0-', ETag: 'a' }
    for (const headers of [own, Object.entries(own) as [string, string][]]) {
      const lines = await exchanged({ headers })
      expect(lines).to.include.members([
        'User-Agent: mine',
        'Content-Type: text/html',
        'Range: bytes=0-',
        'ETag: a',
        'accept-encoding: identity',
      ])
      expect(lines.filter((line) => /^(user-agent|content-type):/i.test(line))).to.have.length(2)
    }
  })

  for (const [method, line] of [
    ['post', 'POST'],
    ['PATCH', 'PATCH'],
    ['delete', 'DELETE'],
    ['MKCOL', 'MKCOL'],
  ] as const) {
    it(`has the method ${line} for ${method}`, async () => {
      const [first] = await exchanged({ method })
      expect(first?.split(' ', 1)).to.deep.equal([line])
    })
  }

  for (const [what, url, options, said] of [
    ['a method that sends no content', 'http://127.0.0.1/', { method: 'GET' }, 'GET'],
    ['a method that no client may use', 'http://127.0.0.1/', { method: 'TRACE' }, 'TRACE'],
    ['an invalid method', 'http://127.0.0.1/', { method: 'a b' }, 'a b'],
    ['an invalid field name', 'http://127.0.0.1/', { headers: { 'a b': 'c' } }, 'a b'],
    ['an invalid URL', 'files/1', {}, "'files/1'"],
    ['an invalid URL that may contain a password', 'http:/me:sec/secret@:', {}, "'…@:'"],
    ['a URL of another kind', 'ftp://127.0.0.1/', {}, 'ftp:'],
    ['a URL with a password', 'http://me:secret@127.0.0.1/', {}, '127.0.0.1'],
  ] as const) {
    it(`is rejected with ${what}, and its content is cancelled`, async () => {
      const left = signal()
      async function* content(): AsyncGenerator<string> {
        yield 'never read'
      }
      const source = Object.assign(content(), {
        return: async () => {
          left.raise()
          return { done: true as const, value: undefined }
        },
      })
      const failure = await upload(url, source, options).catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(TypeError)
      expect((failure as TypeError).message)
        .to.include(said)
        .and.not.include('secret')
      await left.raised
    })
  }
})

describe("upload's response", () => {
  it("is an instance of the platform's class, with its URL", async () => {
    const url = await answering((response) => {
      response.writeHead(201, 'Made', { 'set-cookie': ['a=1', 'b=2'], 'x-name': '\u00e4' })
      response.end('yes')
    })
    const response = await sent(`${url}?part=1#part`)
    const copy = response.clone()
    expect(copy).to.include({ status: 201, url: `${url}?part=1` })
    expect(response).to.be.instanceOf(globalThis.Response)
    const { status, statusText, ok, redirected, headers } = response
    expect({ status, statusText, ok, redirected }).to.deep.equal({
      status: 201,
      statusText: 'Made',
      ok: true,
      redirected: false,
    })
    expect(response.url).to.equal(`${url}?part=1`)
    expect(headers.getSetCookie()).to.deep.equal(['a=1', 'b=2'])
    expect(headers.get('x-name')).to.equal('\u00e4')
    expect(await response.text()).to.equal('yes')
    expect(await copy.text()).to.equal('yes')
    expect((await sent(`${url}#`)).url).to.equal(url)
  })

  for (const status of [204, 205, 304]) {
    it(`has no content with a ${status}`, async () => {
      const response = await sent(await answering((answer) => answer.writeHead(status).end()))
      expect(response).to.include({ status, body: null })
    })
  }

  it('can have any status and any reason phrase', async () => {
    const peer = await origin(async (wire) => {
      await wire.content(await wire.head())
      wire.raw('HTTP/1.1 799 a\x01b\r\ncontent-length: 2\r\n\r\nok')
    })
    const response = await sent(peer.url)
    expect(response).to.include({ status: 799, statusText: '', ok: false })
    expect(await response.text()).to.equal('ok')
  })

  for (const [coding, bytes] of [
    ['gzip', gzipSync(text)],
    ['X-GZip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['zstd', zstdCompressSync(text)],
    ['gzip', gzipSync(text).subarray(0, -8)],
    ['gzip', Buffer.alloc(0)],
    ['deflate', Buffer.alloc(0)],
  ] as const) {
    it(`is decoded from ${bytes.length} bytes of ${coding}`, async () => {
      const url = await answering((response) => {
        response.writeHead(200, { 'content-encoding': coding, 'content-length': bytes.length })
        response.end(bytes)
      })
      expect(await (await sent(url)).text()).to.equal(bytes.length === 0 ? '' : text)
    })
  }

  for (const coding of ['gzip', 'deflate', 'br', 'zstd']) {
    it(`fails if its ${coding} is invalid`, async () => {
      const url = await answering((response) => {
        response.writeHead(200, { 'content-encoding': coding }).end(noise(1000).fill(255, 0, 9))
      })
      const failure = await (await sent(url)).text().catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(TypeError).and.include({ message: 'terminated' })
      expect((failure as TypeError).cause).to.be.instanceOf(Error)
    })
  }

  it('can be read into buffers of the reader', async () => {
    const bytes = noise(200_000)
    const response = await sent(await answering((answer) => answer.end(bytes)))
    const reader = response.body?.getReader({ mode: 'byob' })
    const read: Uint8Array[] = []
    for (;;) {
      const step = await reader?.read(new Uint8Array(7000))
      if (step === undefined || step.done) break
      read.push(step.value)
    }
    expect(Buffer.concat(read).equals(bytes)).to.equal(true)
  })

  for (const coding of ['identity', 'gzip']) {
    it(`fails with the error of its connection, in ${coding}`, async () => {
      const url = await answering((response, { socket }) => {
        response.writeHead(200, { 'content-length': 100, 'content-encoding': coding })
        response.write(gzipSync('half'), () => socket.destroy())
      })
      const response = await sent(url)
      const failure = await response.text().catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(TypeError).and.include({ message: 'terminated' })
      expect((failure as TypeError).cause).to.have.property('code', 'UND_ERR_SOCKET')
    })

    it(`fails with the reason of its signal, in ${coding}`, async () => {
      const controller = new AbortController()
      const url = await answering((response) => {
        response.writeHead(200, { 'content-encoding': coding }).write(gzipSync('some'))
      })
      const response = await sent(url, { signal: controller.signal })
      const reason = new Error('no longer')
      controller.abort(reason)
      expect(await response.text().catch((error: unknown) => error)).to.equal(reason)
    })
  }

  for (const coding of ['identity', 'gzip']) {
    it(`closes its connection when it is cancelled, in ${coding}`, async () => {
      const closed = signal()
      const url = await answering((response, { socket }) => {
        socket.on('close', closed.raise)
        response.writeHead(200, { 'content-encoding': coding }).write(gzipSync('some'))
      })
      const response = await sent(url)
      await response.body?.cancel()
      await closed.raised
    })
  }

  for (const [what, headers] of [
    ['there is a response', {}],
    ['nothing is dispatched', { 'content-length': '3' }],
  ] as const) {
    it(`removes its signal listener when ${what}`, async () => {
      const { signal } = new AbortController()
      const listeners: unknown[] = []
      const { addEventListener, removeEventListener } = signal
      signal.addEventListener = (...[type, listener]: Parameters<typeof addEventListener>) => {
        listeners.push(listener)
        addEventListener.call(signal, type, listener)
      }
      signal.removeEventListener = (
        ...[type, listener]: Parameters<typeof removeEventListener>
      ) => {
        listeners.splice(listeners.indexOf(listener), 1)
        removeEventListener.call(signal, type, listener)
      }
      const url = await answering((answer) => answer.end('yes'))
      const text = await sent(url, { signal, headers }).then(
        (response) => response.text(),
        (error) => error.code,
      )
      expect(text).to.be.oneOf(['yes', 'ERR_EXPECT_CONTENT_LONG'])
      expect(listeners).to.deep.equal([])
    })
  }

  it("is an error for a redirect with redirect: 'error'", async () => {
    const url = await answering((response) => response.writeHead(307, { location: '/' }).end())
    const failure = await sent(url, { redirect: 'error' }).catch((error: unknown) => error)
    expect(failure).to.include({ code: 'ERR_EXPECT_REDIRECT' })
    expect(failure).to.have.deep.property('response', { status: 307 })
  })
})
