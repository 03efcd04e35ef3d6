import { expect } from 'chai'
import { fetch } from '../../lib/client/fetch.ts'
import { reportOf } from '../../lib/report/reported.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { origin, type Script, takes } from '../support/origin.ts'

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, 1000)
  yield bytes.subarray(1000)
}

const large = noise(1_200_000)

/** Redirects before the content. */
function redirects(status: number, location: string): Script {
  return async (wire) => {
    expect(await wire.head()).to.match(/^expect: 100-continue\r$/im)
    wire.send(`HTTP/1.1 ${status} Elsewhere`, `location: ${location}`, 'content-length: 0')
    expect((await wire.closed()).length, 'bytes after the redirect').to.equal(0)
  }
}

const gets: Script = async (wire) => {
  const head = await wire.head()
  expect(head).to.match(/^GET \/there HTTP/)
  expect(head).not.to.match(/^(expect|content-length|content-type|transfer-encoding):/im)
  wire.send('HTTP/1.1 200 OK', 'content-length: 3')
  wire.raw('got')
}

/** All properties of a response. */
async function seenOf(response: Response): Promise<object> {
  const { status, statusText, ok, type, redirected, url, headers } = response
  const own = response instanceof globalThis.Response
  const fields = [...headers]
  return { own, status, statusText, ok, type, redirected, url, fields, text: await response.text() }
}

describe("fetch's response", () => {
  it("is an instance of the platform's class", async () => {
    const peer = await origin(takes(large, 'PUT /upload HTTP/1.1'))
    const init = { method: 'PUT', body: large, dispatcher: agentFor() }
    const response = await fetch(peer.url, init)
    expect(response).to.be.instanceOf(globalThis.Response)
    const { url, redirected, status } = response
    expect({ url, redirected, status }).to.eql({ url: peer.url, redirected: false, status: 201 })
    expect(await response.text()).to.equal('taken')
    await peer.done
  })

  for (const [method, status] of [
    ['PUT', 307],
    ['PUT', 308],
    ['PUT', 301],
    ['PATCH', 302],
    ['POST', 307],
  ] as const) {
    it(`comes from the target of a ${status}, the only one that got the one-shot content of a ${method}`, async () => {
      const line = `${method} /there?at=1 HTTP/1.1`
      const peer = await origin(redirects(status, '/there?at=1'), takes(large, line))
      const init = { method, body: once(large), dispatcher: agentFor() }
      const response = await fetch(peer.url, init)
      expect(response.url).to.equal(new URL('/there?at=1', peer.url).href)
      expect(response.redirected).to.equal(true)
      expect(await response.text()).to.equal('taken')
      expect(reportOf(response)).to.include({ outcome: 'continued', sentBytes: large.length })
      await peer.done
    })
  }

  for (const [method, status] of [
    ['PUT', 303],
    ['POST', 303],
  ] as const) {
    it(`comes from a GET after a ${status} to a ${method}, and the content is cancelled`, async () => {
      const peer = await origin(redirects(status, '/there'), gets)
      let returned = 0
      const body: AsyncIterableIterator<Uint8Array> = {
        next: async () => ({ done: false, value: large }),
        return: async () => {
          returned += 1
          return { done: true, value: undefined }
        },
        [Symbol.asyncIterator]: () => body,
      }
      const response = await fetch(peer.url, { method, body, dispatcher: agentFor() })
      expect(response.url).to.equal(new URL('/there', peer.url).href)
      expect(response.redirected).to.equal(true)
      expect(await response.text()).to.equal('got')
      expect(returned, 'times the source was cancelled').to.equal(1)
      expect(reportOf(response)).to.include({ asked: true, sentBytes: 0 })
      await peer.done
    })
  }

  const heads: readonly (readonly string[])[] = [
    ['200 OK', 'content-length: 4', 'content-type: text/plain'],
    ['201', 'content-length: 4'],
    ['202 Fine By Me', 'content-length: 4', 'set-cookie: a=1', 'set-cookie: b=2'],
    ['204 No Content'],
    ['205 Reset Content', 'content-length: 0'],
    ['401 Unauthorized', 'content-length: 4', 'www-authenticate: Basic realm="a"'],
    ['404 Not Found', 'content-length: 4', 'X-Twice: 1', 'x-twice: 2'],
    ['413 Content Too Large', 'content-length: 4', 'connection: close'],
    ['429 Too Many Requests', 'transfer-encoding: chunked'],
    ['500 Internal Server Error', 'content-length: 4'],
    ['599 Whatever', 'content-length: 4'],
  ]
  for (const [status, ...fields] of heads) {
    it(`is like that of the platform's fetch: ${[status, ...fields].join(', ')}`, async () => {
      const chunked = fields.includes('transfer-encoding: chunked')
      const content = fields.includes('content-length: 4') ? 'text' : ''
      const script: Script = async (wire) => {
        await wire.content(await wire.head())
        wire.send(`HTTP/1.1 ${status}`, ...fields)
        wire.raw(chunked ? '4\r\ntext\r\n0\r\n\r\n' : content)
      }
      const peer = await origin(script, script)
      const init = { method: 'PUT', body: 'hello' }
      const theirs = await seenOf(await globalThis.fetch(peer.url, init))
      const ours = await seenOf(await fetch(peer.url, { ...init, dispatcher: agentFor() }))
      expect(ours).to.eql(theirs)
      await peer.done
    })
  }

  it('resolves for an HTTP error status', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 500 Internal Server Error', 'content-length: 4')
      wire.raw('oops')
    })
    const response = await fetch(peer.url, { method: 'PUT', body: large, dispatcher: agentFor() })
    expect({ status: response.status, ok: response.ok }).to.eql({ status: 500, ok: false })
    expect(await response.text()).to.equal('oops')
    await peer.done
  })
})
