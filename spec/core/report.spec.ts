import { once } from 'node:events'
import { constants } from 'node:http2'
import { expect } from 'chai'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import type { ContentInput } from '../../lib/content/content.ts'
import type { ExpectOptions } from '../../lib/options/options.ts'
import type { UploadReport } from '../../lib/report/report.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { origin, tlsOrigin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'
import { tlsFront } from '../support/tls-front.ts'

const megabytes = 1_048_576
const size = 64 * megabytes
const large = Buffer.alloc(size, 'a')

interface Answered {
  readonly response: Response
  readonly report: UploadReport | undefined
}

type Send = (url: string, content: ContentInput, options?: ExpectOptions) => Promise<Answered>

/** APIs that have a report as soon as there is a response. */
const faces: Record<string, Send> = {
  upload: async (url, content, options) =>
    upload(url, content, { dispatcher: trusting(), ...options } as object),
  fetch: async (url, body, options) => {
    const init = { method: 'PUT', body, dispatcher: trusting(), ...options }
    const response = await fetch(url, init as object)
    return { response, report: reportOf(response) }
  },
}

function trusting(): ReturnType<typeof agentFor> {
  return agentFor({ allowH2: true, connect: { rejectUnauthorized: false }, replayWindow: 0 })
}

describe('the report of an upload that gets a 2xx in mid-content', () => {
  for (const [name, send] of Object.entries(faces)) {
    for (const [transport, start] of [
      ['TCP', origin],
      ['TLS', tlsOrigin],
    ] as const) {
      for (const expectation of ['always', 'never'] as const) {
        it(`has the outcome answered before the response is read, and after it: ${name}, ${transport}, ${expectation}`, async () => {
          const read = signal()
          const peer = await start(async (wire) => {
            await wire.head()
            if (expectation === 'always') wire.send('HTTP/1.1 100 Continue')
            await wire.bytes(2 * megabytes)
            wire.socket.pause()
            wire.send('HTTP/1.1 200 OK', 'Content-Length: 4')
            wire.raw('do')
            await read.raised
            wire.raw('ne')
          })
          const { response, report } = await send(peer.url, large, { expect: expectation })
          expect(report).to.include({ outcome: 'answered' })
          expect(report?.sentBytes).to.be.within(2 * megabytes, size - 1)
          expect(report?.savedBytes).to.equal(size - (report?.sentBytes ?? 0))
          read.raise()
          expect(await response.text()).to.equal('done')
          expect(reportOf(response)).to.include({ outcome: 'answered' })
          await peer.done
        })

        it(`says at the end that all content was sent, if it was: ${name}, ${transport}, ${expectation}`, async () => {
          const content = large.subarray(0, 3 * megabytes)
          const peer = await start(async (wire) => {
            await wire.head()
            if (expectation === 'always') wire.send('HTTP/1.1 100 Continue')
            await wire.bytes(1000)
            wire.socket.pause()
            wire.send('HTTP/1.1 200 OK', 'Content-Length: 4')
            await answered.raised
            wire.socket.resume()
            await wire.bytes(content.length - 1000)
            wire.raw('done')
          })
          const answered = signal()
          // More than the buffers of the system, and the rest only when the spec resumes it.
          const held = async function* () {
            yield content.subarray(0, 2 * megabytes)
            await answered.raised
            yield content.subarray(2 * megabytes)
          }
          const headers = { 'content-length': String(content.length) }
          const own = { expect: expectation, headers } as ExpectOptions
          const { response, report } = await send(peer.url, held(), own)
          expect(report).to.include({ outcome: 'answered' })
          answered.raise()
          expect(await response.text()).to.equal('done')
          const outcome = expectation === 'always' ? 'continued' : 'not-asked'
          const complete = { outcome, sentBytes: content.length, savedBytes: 0 }
          expect(reportOf(response)).to.include(complete)
          await peer.done
        })
      }
    }

    it(`has the outcome answered over HTTP/2: ${name}`, async () => {
      const read = signal()
      const front = await tlsFront(['h2'], (request, response) => {
        response.writeContinue()
        request.once('data', () => {
          request.pause()
          response.writeHead(200)
          response.write('do')
          read.raised.then(() => response.end('ne')).catch(() => {})
        })
      })
      const { response, report } = await send(front.url, large, { expect: 'always' })
      expect(report).to.include({ outcome: 'answered' })
      read.raise()
      expect(await response.text()).to.equal('done')
      expect(reportOf(response)).to.include({ outcome: 'answered' })
    })

    it(`has the outcome continued if the 2xx directly follows the 100: ${name}`, async () => {
      const content = noise(200_000)
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.raw('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n')
        expect((await wire.bytes(content.length)).equals(content)).to.equal(true)
        wire.raw('done')
      })
      const { response, report } = await send(peer.url, content, { expect: 'always' })
      expect(report).to.include({ outcome: 'continued', savedBytes: 0 })
      expect(await response.text()).to.equal('done')
      const complete = { outcome: 'continued', sentBytes: content.length, savedBytes: 0 }
      expect(reportOf(response)).to.include(complete)
      await peer.done
    })
  }
})

describe('the report of an upload whose 417 comes after the 100', () => {
  for (const [name, send] of Object.entries(faces)) {
    for (const [kind, bytes] of [
      ['large', 8 * megabytes],
      ['small', 1000],
    ] as const) {
      for (const [when, ready] of [
        ['at once', async () => {}],
        ['in mid-content', (request: NodeJS.ReadableStream) => once(request, 'data')],
      ] as const) {
        it(`has the outcome replayed over HTTP/2: ${name}, ${kind} content, ${when}`, async () => {
          const front = await tlsFront(['h2'], (request, response, asked) => {
            if (!asked) {
              request.resume().on('end', () => response.writeHead(201).end('stored'))
              return
            }
            response.writeContinue()
            ready(request)
              .then(() => response.writeHead(417).end('no'))
              .catch(() => {})
          })
          const { response, report } = await send(front.url, Buffer.alloc(bytes, 'a'), {
            expect: 'always',
          })
          expect(response.status).to.equal(201)
          expect(report).to.include({ outcome: 'replayed', sentBytes: bytes, savedBytes: 0 })
          const attempts = report?.attempts.map(({ reason, status }) => [reason, status])
          expect(attempts).to.deep.equal([
            ['first', 417],
            ['replay', 201],
          ])
        })
      }
    }

    it(`has the outcome replayed over HTTP/2 if the stream is reset after the 417: ${name}`, async () => {
      const front = await tlsFront(['h2'], (request, response, asked) => {
        if (!asked) {
          request.resume().on('end', () => response.writeHead(201).end('stored'))
          return
        }
        response.writeContinue()
        request.once('data', () => {
          response.writeHead(417).end()
          const { stream } = response as unknown as { stream: { close(code: number): void } }
          stream.close(constants.NGHTTP2_NO_ERROR)
        })
      })
      const { response, report } = await send(front.url, large, { expect: 'always' })
      expect(response.status).to.equal(201)
      expect(report).to.include({ outcome: 'replayed', sentBytes: size })
    })
  }
})

describe('the sentBytes of a report', () => {
  const content = noise(3 * megabytes)

  for (const [name, send] of Object.entries(faces)) {
    for (const status of [307, 417, 503]) {
      it(`are those of the last attempt after a ${status} in mid-content: ${name}`, async () => {
        const peer = await origin(
          async (wire) => {
            await wire.head()
            wire.send('HTTP/1.1 100 Continue')
            await wire.bytes(1000)
            wire.send(`HTTP/1.1 ${status} No`, 'Location: /other', 'Content-Length: 0')
            await wire.closed()
          },
          async (wire) => {
            const head = await wire.head()
            wire.send('HTTP/1.1 100 Continue')
            await wire.content(head)
            wire.send('HTTP/1.1 201 Created', 'Content-Length: 0')
          },
        )
        const dispatcher = agentFor({ retry: { count: 1, minDelay: 0 }, expect: 'always' })
        const { report } = await send(peer.url, content, { dispatcher } as ExpectOptions)
        expect(report).to.include({ sentBytes: content.length, savedBytes: 0 })
        const sent = report?.attempts.map(({ sentBytes }) => sentBytes) ?? []
        expect(sent[0]).to.be.at.least(1000)
        expect(sent[1]).to.equal(content.length)
        await peer.done
      })
    }

    it(`are 0 when the content was refused after a redirect in mid-content: ${name}`, async () => {
      const peer = await origin(
        async (wire) => {
          await wire.head()
          wire.send('HTTP/1.1 100 Continue')
          await wire.bytes(1000)
          wire.send('HTTP/1.1 307 No', 'Location: /other', 'Content-Length: 0')
          await wire.closed()
        },
        async (wire) => {
          await wire.head()
          wire.send('HTTP/1.1 413 No', 'Content-Length: 0')
          await wire.closed()
        },
      )
      const { report } = await send(peer.url, content, { expect: 'always' })
      const saved = content.length
      expect(report).to.include({ outcome: 'refused', sentBytes: 0, savedBytes: saved })
      await peer.done
    })

    it(`are those of the attempt that got a 303: ${name}`, async () => {
      const peer = await origin(
        async (wire) => {
          const head = await wire.head()
          wire.send('HTTP/1.1 100 Continue')
          await wire.content(head)
          wire.send('HTTP/1.1 303 See Other', 'Location: /other', 'Content-Length: 0')
        },
        async (wire) => {
          await wire.head()
          wire.send('HTTP/1.1 200 OK', 'Content-Length: 0')
        },
      )
      const small = noise(1000)
      const { response, report } = await send(peer.url, small, { expect: 'always' })
      expect(response.status).to.equal(200)
      expect(report).to.include({ outcome: 'continued', sentBytes: 1000, savedBytes: 0 })
      await peer.done
    })

    it(`are 0 when a 303 came before the content: ${name}`, async () => {
      const peer = await origin(
        async (wire) => {
          await wire.head()
          wire.send('HTTP/1.1 303 See Other', 'Location: /other', 'Content-Length: 0')
          await wire.closed()
        },
        async (wire) => {
          await wire.head()
          wire.send('HTTP/1.1 200 OK', 'Content-Length: 0')
        },
      )
      const { report } = await send(peer.url, noise(1000), { expect: 'always' })
      expect(report).to.include({ outcome: 'refused', sentBytes: 0, savedBytes: 1000 })
      await peer.done
    })
  }
})
