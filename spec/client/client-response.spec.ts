import { createHash } from 'node:crypto'
import { getEventListeners } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { collected } from '../support/collected.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'
import { signal } from '../support/signal.ts'
import { turns } from '../support/turns.ts'

async function answering(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response))
  })
  const port = await listening(server)
  return `http://127.0.0.1:${port}/`
}

type Sent = (url: string, init?: FetchInit) => Promise<Response>
const faces: Readonly<Record<string, Sent>> = {
  upload: async (url, { signal: aborts = null } = {}) => {
    const options = aborts === null ? {} : { signal: aborts }
    return (await upload(url, 'hello', { dispatcher: agentFor(), ...options })).response
  },
  fetch: (url, init) =>
    fetch(url, { method: 'PUT', body: 'hello', dispatcher: agentFor(), ...init }),
}

const codings = { identity: (bytes: Buffer) => bytes, gzip: gzipSync } as const
const bytes = noise(200_000)

for (const [name, sent] of Object.entries(faces)) {
  describe(`the response of ${name}`, () => {
    it("has the properties of the platform's own", async () => {
      const url = await answering((response) => response.writeHead(202, { 'x-own': '1' }).end('ok'))
      const response = await sent(url)
      const { type, redirected, ok, status, bodyUsed } = response
      expect({ type, redirected, ok, status, bodyUsed }).to.deep.equal({
        type: 'basic',
        redirected: false,
        ok: true,
        status: 202,
        bodyUsed: false,
      })
      await response.text()
      expect(response.bodyUsed).to.equal(true)
    })

    it('can be cloned with its properties and its report', async () => {
      const url = await answering((response) => response.writeHead(202, { 'x-own': '1' }).end('ok'))
      const response = await sent(url)
      const copy = response.clone().clone()
      expect(copy).to.include({ status: 202, url, type: 'basic' })
      expect(copy.headers.get('x-own')).to.equal('1')
      expect(reportOf(copy)).to.deep.equal(reportOf(response)).and.include({ sentBytes: 5 })
      expect(await Promise.all([response.text(), copy.text()])).to.deep.equal(['ok', 'ok'])
    })

    for (const [coding, encode] of Object.entries(codings)) {
      it(`can be read into buffers of the reader, in ${coding}`, async () => {
        const content = encode(bytes)
        const url = await answering((response) => {
          response.writeHead(200, { 'content-encoding': coding }).end(content)
        })
        const reader = (await sent(url)).body?.getReader({ mode: 'byob' })
        const read: Uint8Array[] = []
        for (;;) {
          const step = await reader?.read(new Uint8Array(7000))
          if (step === undefined || step.done) break
          read.push(step.value)
        }
        expect(Buffer.concat(read).equals(bytes)).to.equal(true)
      })

      it(`can be read completely if only its body or its text is referenced, in ${coding}`, async () => {
        for (const keep of [
          ({ body }: Response) => body,
          (response: Response) => response.blob(),
        ]) {
          const content = encode(bytes)
          const begun = signal()
          let rest = (): unknown => null
          const url = await answering((response) => {
            response.writeHead(200, {
              'content-encoding': coding,
              'content-length': content.length,
            })
            response.write(content.subarray(0, 1000), begun.raise)
            rest = () => response.end(content.subarray(1000))
          })
          const kept = [keep(await sent(url))]
          await begun.raised
          await collected()
          rest()
          const read = await new Response(await kept[0]).arrayBuffer()
          expect(Buffer.from(read).equals(bytes)).to.equal(true)
        }
      })

      it(`fails with the reason of an abort before it was read, in ${coding}`, async () => {
        const url = await answering((response) => {
          response.writeHead(200, { 'content-encoding': coding }).end(encode(bytes.subarray(0, 9)))
        })
        const controller = new AbortController()
        const response = await sent(url, { signal: controller.signal })
        await turns(20)
        const reason = new Error('enough')
        controller.abort(reason)
        expect(await response.text().catch((error: unknown) => error)).to.equal(reason)
      })

      it(`removes its signal listener once it was read or collected, in ${coding}`, async () => {
        const url = await answering((response) => {
          response.writeHead(200, { 'content-encoding': coding }).end(encode(bytes.subarray(0, 9)))
        })
        const { signal: kept } = new AbortController()
        await (await sent(url, { signal: kept })).text()
        expect(getEventListeners(kept, 'abort')).to.have.length(0)
        await sent(url, { signal: kept })
        while (getEventListeners(kept, 'abort').length > 0) await collected()
      })

      it(`closes its connection when it is collected, in ${coding}`, async () => {
        const closed = signal()
        let over = false
        const url = await answering((response) => {
          response.socket?.on('close', () => {
            over = true
            closed.raise()
          })
          response.writeHead(200, { 'content-encoding': coding }).write(encode(bytes))
        })
        await sent(url)
        // A collection that is too early finds the response on the stack.
        while (!over) await collected()
        await closed.raised
      })
    }
  })
}

describe('the response of upload', () => {
  it('keeps changed header fields when it is cloned', async () => {
    const response = await faces.upload?.(await answering((answer) => answer.end()))
    response?.headers.set('x-own', '1')
    expect(response?.clone().headers.get('x-own')).to.equal('1')
  })
})

describe('the response of fetch', () => {
  const put = faces.fetch as Sent

  it("has immutable header fields, as the platform's", async () => {
    const response = await put(await answering((answer) => answer.end()))
    for (const { headers } of [response, response.clone()]) {
      expect(() => headers.set('x-own', '1')).to.throw(TypeError)
      expect(() => headers.append('x-own', '1')).to.throw(TypeError)
      expect(() => headers.delete('date')).to.throw(TypeError)
      expect(new Headers(headers).get('date')).to.be.a('string')
    }
  })

  for (const [coding, encode] of Object.entries(codings)) {
    it(`is returned if its content matches the integrity option, in ${coding}`, async () => {
      const integrity = `sha256-${createHash('sha256').update(bytes).digest('base64')}`
      const url = await answering((response) => {
        response.writeHead(200, { 'content-encoding': coding }).end(encode(bytes))
      })
      const response = await put(url, { integrity })
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).to.equal(true)
    })
  }

  it('is a network error if its content does not match the integrity option', async () => {
    const integrity = `sha256-${createHash('sha256').update('other').digest('base64')}`
    const url = await answering((response) => response.end(bytes))
    const failure = await put(url, { integrity }).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(TypeError).and.include({ message: 'fetch failed' })
    expect((failure as Error).cause).to.have.property('message', 'integrity mismatch')
  })

  for (const port of [9, 25, 6000]) {
    it(`is a network error on a port of another protocol: ${port}`, async () => {
      const failure = await put(`http://127.0.0.1:${port}/`).catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(TypeError).and.include({ message: 'fetch failed' })
      expect((failure as Error).cause).to.have.property('message', 'bad port')
    })
  }

  for (const [max, outcome] of [
    [0, 307],
    [2, 'ERR_EXPECT_TOO_MANY_REDIRECTS'],
    [3, 200],
  ] as const) {
    it(`follows maxRedirections redirects at most, here ${max}: ${outcome}`, async () => {
      let made = 0
      const url = await answering((response) => {
        made += 1
        if (made > 3) response.end()
        else response.writeHead(307, { location: '/' }).end()
      })
      const found = await put(url, { maxRedirections: max }).then(
        ({ status }) => status,
        ({ cause }) => cause.code,
      )
      expect(found).to.equal(outcome)
    })
  }

  it('has another type after a redirect to another origin', async () => {
    const other = await answering((response) => response.end())
    const url = await answering((response) => response.writeHead(307, { location: other }).end())
    expect(await put(url)).to.include({ type: 'cors', redirected: true, url: other })
  })

  it('is returned within the same origin with mode same-origin, and else an error', async () => {
    const other = await answering((response) => response.end())
    const url = await answering((response) => response.writeHead(307, { location: other }).end())
    expect((await put(other, { mode: 'same-origin' } as FetchInit)).status).to.equal(200)
    const failure = await put(url, { mode: 'same-origin' } as FetchInit).catch((error) => error)
    expect(failure).to.be.instanceOf(TypeError)
  })
})
