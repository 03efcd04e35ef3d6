import { createServer } from 'node:http'
import { promisify } from 'node:util'
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  inflate,
  zstdCompressSync,
} from 'node:zlib'
import { expect } from 'chai'
import { fetch as undiciFetch } from 'undici'
import { decodersOf } from '../../lib/client/decoding.ts'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'

const text = Buffer.from('what the origin says, '.repeat(500))
const more = Buffer.from('x')
const twice = gzipSync(brotliCompressSync(text))

function times(count: number): Buffer {
  return Array.from({ length: count }).reduce<Buffer>((content) => gzipSync(content), text)
}

/** A response: its Content-Encoding, its content, and where the content is cut into two pieces. */
type Answer = readonly [what: string, codings: string | string[], content: Buffer, cut?: number]

const coders = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  'raw deflate': deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
}

const each: Answer[] = Object.entries(coders).flatMap(([name, code]): Answer[] => {
  const coding = name.replace('raw ', '')
  const content = code(text)
  const { length } = content
  return [
    [`${name}`, coding, content],
    [`${name}, byte by byte at its beginning`, coding, content, 1],
    [`${name}, with a byte after its end`, coding, Buffer.concat([content, more])],
    [
      `${name}, with a byte that arrives after its end`,
      coding,
      Buffer.concat([content, more]),
      length,
    ],
    [`${name}, twice`, coding, Buffer.concat([content, content]), length],
    [`${name}, without its last bytes`, coding, content.subarray(0, -4)],
    [`${name}, half of it`, coding, content.subarray(0, length / 2)],
    [`${name}, one byte of it`, coding, content.subarray(0, 1)],
    [`${name} that is empty`, coding, Buffer.alloc(0)],
    [`${name} that is not coded`, coding, text],
    [`${name} in upper case`, coding.toUpperCase(), content],
  ]
})

const lists: Answer[] = [
  ...['br, gzip', 'br,gzip', 'BR ,\tGZip', 'br,,gzip', ', br, gzip', 'br, gzip,', 'gzip, br'],
].map((codings) => [codings, codings, twice])

const unknown: Answer[] = [
  ...['identity', 'compress', 'x-deflate', 'foo', 'gzip, foo', 'foo, gzip', 'gzip, identity'],
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'gzip, constructor'],
  ...['', ',', 'gzip;q=1', '"gzip"'],
].map((codings) => [`'${codings}'`, codings, gzipSync(text)])

const answers: Answer[] = [
  ...each,
  ...lists,
  ['two lines', ['br', 'gzip'], twice],
  ['as many codings as there may be', Array(5).fill('gzip').join(), times(5)],
  ['one coding too many', Array(6).fill('gzip').join(), times(6)],
  ...unknown,
]

/** An origin that gives this response to each request. */
async function answering(
  [, codings, content, cut = content.length]: Answer,
  status = 200,
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(
        status,
        [codings].flat().flatMap((value) => ['content-encoding', value]),
      )
      if (cut >= content.length) response.end(content)
      else {
        response.write(content.subarray(0, cut), () => {
          setImmediate(() => response.end(content.subarray(cut)))
        })
      }
    })
  })
  const port = await listening(server)
  return `http://127.0.0.1:${port}/`
}

/** The content, or the error. */
async function cameOf(made: Promise<Response>): Promise<string> {
  try {
    const response = await made
    const { status, headers } = response
    return `${status} ${headers.get('content-encoding')} ${await response.text()}`
  } catch (error) {
    const { code, message } = causeOf(error as NodeJS.ErrnoException)
    return code ?? message
  }
}

function causeOf(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  return error.cause instanceof Error ? error.cause : error
}

describe('the content of a response', () => {
  const init = { method: 'PUT', body: 'content' } as const

  for (const answer of answers) {
    it(`is decoded as by fetch: ${answer[0]}`, async () => {
      const url = await answering(answer)
      const wanted = await cameOf(undiciFetch(url, init) as unknown as Promise<Response>)
      const dispatcher = agentFor()
      expect(await cameOf(fetch(url, { ...init, dispatcher }))).to.equal(wanted)
      const sent = upload(url, init.body, { dispatcher })
      expect(await cameOf(sent.then(({ response }) => response))).to.equal(wanted)
      await dispatcher.close()
    })
  }

  for (const coding of ['gzip', 'deflate', 'br', 'zstd']) {
    it(`fails as "terminated" if it is not valid ${coding}, in one piece or in two`, async () => {
      for (const cut of [100_000, 50_000]) {
        const url = await answering(['', coding, noise(100_000).fill(255, 0, 9), cut])
        const { response } = await upload(url, init.body, { dispatcher: agentFor() })
        const error = await response.text().catch((reason) => reason)
        expect(error).to.be.instanceOf(TypeError).with.property('message', 'terminated')
        expect(error.cause).to.be.instanceOf(Error)
      }
    })
  }

  for (const status of [204, 205, 304]) {
    it(`is empty with a ${status}, with any coding`, async () => {
      const url = await answering(['', 'gzip', Buffer.alloc(0)], status)
      const wanted = await cameOf(undiciFetch(url, init) as unknown as Promise<Response>)
      const { response } = await upload(url, init.body, { dispatcher: agentFor() })
      expect(await cameOf(Promise.resolve(response))).to.equal(wanted)
    })
  }

  for (const [name, code] of Object.entries(coders)) {
    it(`is not decoded before it is read: ${name}`, async () => {
      const zeros = Buffer.alloc(20_000_000)
      const [decoder] = decodersOf(name.replace('raw ', ''))
      decoder?.end(code(zeros))
      // The same amount is decoded elsewhere in the meantime.
      await promisify(inflate)(deflateSync(zeros))
      expect(decoder?.readableLength).to.be.below(1_000_000)
      decoder?.destroy()
    })
  }

  for (const coding of ['gzip', 'deflate', 'br', 'zstd'] as const) {
    it(`does not keep its connection busy with bytes after the end of ${coding}`, async () => {
      const content = Buffer.concat([coders[coding](text), noise(2_000_000)])
      const url = await answering(['', coding, content], 200)
      const dispatcher = agentFor()
      const { response } = await upload(url, init.body, { dispatcher })
      await response.text().catch(() => {})
      await dispatcher.close()
    })
  }
})
