import { writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { expect } from 'chai'
import { type ContentInput, type ExpectAgent, fetch, fromFile, upload } from '../../lib/index.ts'
import { agentFor, type Face, ownFaces, type Sending } from '../support/faces.ts'
import { temporaryFile } from '../support/files.ts'
import { origin } from '../support/origin.ts'
import { goAhead, response } from '../support/responses.ts'
import { tlsFront } from '../support/tls-front.ts'
import type { Wire } from '../support/wire.ts'

const agent = { expect: 'always', continueTimeout: 60_000 } as const

/** Content that the types do not allow. */
const opening = (length: number, open: () => unknown): ContentInput =>
  ({ length, open }) as unknown as ContentInput

async function* yielding(...chunks: string[]): AsyncGenerator<string> {
  yield* chunks
}

/** The status, or the code of the error. */
async function outcome(
  face: Face,
  url: string,
  content: ContentInput,
  sending: Sending = {},
): Promise<number | string | undefined> {
  try {
    return (await face.open(agent)(url, content, sending)).status
  } catch (error) {
    const { cause, code } = error as { cause?: { code?: string }; code?: string }
    return face.wraps ? cause?.code : code
  }
}

const emptied = new Map<string, () => ContentInput>([
  ['a generator', () => yielding()],
  ['a generator of empty chunks', () => yielding('', '')],
  ['a Node stream', () => Readable.from([])],
  ['a web stream', () => new ReadableStream({ start: (controller) => controller.close() })],
  ['a function', () => () => yielding()],
  ['an async function', () => (async () => yielding()) as unknown as ContentInput],
  ['an iterable', () => new Set<string>()],
])

const empty = new Map<string, () => ContentInput>([
  ['a string', () => ''],
  ['a Buffer', () => Buffer.alloc(0)],
  ['a Blob', () => new Blob([])],
  ['a length and a function', () => opening(0, () => yielding())],
  [
    'a file',
    () => {
      const path = temporaryFile()
      writeFileSync(path, '')
      return fromFile(path)
    },
  ],
])

for (const face of ownFaces) {
  describe(`content that turns out to be empty, through ${face.name}`, function () {
    this.timeout(2000)

    for (const [kind, make] of emptied) {
      it(`is sent with an expectation and arrives as a complete message: ${kind}`, async () => {
        const peer = await origin(async (wire) => {
          const head = await wire.head()
          expect(head).to.match(/^expect: 100-continue\r$/im)
          expect(head).to.match(/^transfer-encoding: chunked\r$/im)
          expect(head).not.to.match(/^content-length/im)
          wire.raw(goAhead)
          expect(await wire.content(head)).to.have.lengthOf(0)
          wire.raw(response(201, 'stored'))
        })
        expect(await outcome(face, peer.url, make())).to.equal(201)
        await peer.done
      })
    }
  })

  describe(`content with a length of 0, through ${face.name}`, function () {
    this.timeout(2000)

    const takes = async (wire: Wire): Promise<void> => {
      const head = await wire.head()
      expect(head).not.to.match(/^expect/im)
      expect(head).not.to.match(/^transfer-encoding/im)
      expect(head.match(/^content-length: .*$/gim)).to.deep.equal(['content-length: 0'])
      wire.raw(response(201, 'stored'))
    }

    for (const [kind, make] of empty) {
      it(`is sent without an expectation: ${kind}`, async () => {
        const peer = await origin(takes)
        expect(await outcome(face, peer.url, make())).to.equal(201)
        await peer.done
      })
    }

    it('is sent without an expectation when the length is in a header field', async () => {
      const peer = await origin(takes)
      const headers = { 'content-length': '0' }
      expect(await outcome(face, peer.url, yielding(), { headers })).to.equal(201)
      await peer.done
    })
  })

  describe(`content with a wrong length, through ${face.name}`, function () {
    this.timeout(2000)

    for (const [code, chunks] of [
      ['ERR_EXPECT_CONTENT_SHORT', []],
      ['ERR_EXPECT_CONTENT_SHORT', ['abc', 'd']],
      ['ERR_EXPECT_CONTENT_LONG', ['abc', 'def']],
      ['ERR_EXPECT_CONTENT_LONG', ['abcde', 'f']],
    ] as const) {
      const headers = { 'content-length': '5' }
      const kinds: [string, () => ContentInput, Sending][] = [
        ['a generator', () => yielding(...chunks), { headers }],
        ['a Node stream', () => Readable.from(chunks), { headers }],
        ['a function', () => () => yielding(...chunks), { headers }],
        ['an async function', () => (async () => yielding(...chunks)) as never, { headers }],
        ['a length and a function', () => opening(5, () => yielding(...chunks)), {}],
        ['a length and a string', () => opening(5, () => chunks.join('')), {}],
        ['a length and a Blob', () => opening(5, async () => new Blob([chunks.join('')])), {}],
      ]
      for (const [kind, make, sending] of kinds) {
        it(`fails with ${code}, as an incomplete message: ${kind} of ${chunks.join('|') || 'nothing'}`, async () => {
          const peer = await origin(async (wire) => {
            const head = await wire.head()
            expect(head).to.match(/^content-length: 5\r$/im)
            wire.raw(goAhead)
            expect(await wire.closed(), 'bytes that arrived').to.have.length.below(5)
          })
          expect(await outcome(face, peer.url, make(), sending)).to.equal(code)
          await peer.done
        })
      }
    }
  })
}

/** How a call ends before its response. */
interface Ending {
  dispatcher: ExpectAgent
  redirect: 'manual' | 'error'
  signal?: AbortSignal
}

describe('an empty upload', function () {
  this.timeout(2000)

  for (const [name, send] of [
    ['upload', (url, init) => upload(url, '', init)],
    ['fetch', (url, init) => fetch(url, { ...init, method: 'PUT', body: '' })],
  ] satisfies [string, (url: string, init: Ending) => Promise<unknown>][]) {
    it(`closes its connection when it is aborted, through ${name}`, async () => {
      const controller = new AbortController()
      const peer = await origin(async (wire) => {
        await wire.head()
        controller.abort(new Error('enough'))
        await wire.closed()
      })
      const dispatcher = agentFor()
      const init = { dispatcher, redirect: 'manual', signal: controller.signal } as const
      expect(await send(peer.url, init).catch((error) => error.message)).to.equal('enough')
      await peer.done
      await dispatcher.close()
    })

    it(`fails at a redirect when redirect is 'error', through ${name}`, async () => {
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.raw('HTTP/1.1 307 Temporary Redirect\r\nlocation: /\r\ncontent-length: 0\r\n\r\n')
      })
      const init = { dispatcher: agentFor(), redirect: 'error' } as const
      const error = await send(peer.url, init).catch((failure) => failure)
      expect((error.cause ?? error).code).to.equal('ERR_EXPECT_REDIRECT')
    })
  }
})

describe('content over HTTP/2', function () {
  this.timeout(2000)

  for (const [what, make, length] of [
    ['turns out to be empty', () => yielding(), undefined],
    ['has no length', () => opening(0, () => yielding()), '0'],
  ] as const) {
    it(`arrives as a complete message when it ${what}`, async () => {
      const seen: (string | undefined)[] = []
      const front = await tlsFront(['h2'], (request, response, asked) => {
        seen.push(request.headers.expect, request.headers['content-length'])
        if (asked) response.writeContinue()
        request.resume().on('end', () => response.end('stored'))
      })
      const dispatcher = agentFor({ ...agent, allowH2: true, connect: { ca: front.ca } })
      const { response: answer } = await upload(front.url, make(), { dispatcher })
      expect(await answer.text()).to.equal('stored')
      expect(seen).to.deep.equal([length === undefined ? '100-continue' : undefined, length])
    })
  }

  for (const [code, chunks] of [
    ['ERR_EXPECT_CONTENT_SHORT', ['abc']],
    ['ERR_EXPECT_CONTENT_LONG', ['abc', 'def']],
  ] as const) {
    it(`is never ended when it fails with ${code}`, async () => {
      const front = await tlsFront(['h2'], (request, response, asked) => {
        if (asked) response.writeContinue()
        request.resume()
      })
      const dispatcher = agentFor({ ...agent, allowH2: true, connect: { ca: front.ca } })
      const failure = await upload(
        front.url,
        opening(5, () => yielding(...chunks)),
        {
          dispatcher,
        },
      ).catch((error) => error)
      expect(failure).to.have.property('code', code)
      await front.until(/^RST_STREAM 1 /)
      expect(front.frames).not.to.include('DATA 1 END_STREAM')
    })
  }
})
