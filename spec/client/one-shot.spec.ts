import { expect } from 'chai'
import { fetch } from '../../lib/client/fetch.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { origin, type Script } from '../support/origin.ts'

async function* once(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('content')
}

/** Answers before the content, and must get no content. */
function refuses(...lines: string[]): Script {
  return async (wire) => {
    await wire.head()
    wire.send(...lines, 'content-length: 0')
    expect((await wire.closed()).length, 'bytes after the head').to.equal(0)
  }
}

const gets: Script = async (wire) => {
  expect(await wire.head()).to.match(/^GET \/there HTTP/)
  wire.send('HTTP/1.1 200 OK', 'content-length: 0')
}

describe('one-shot content of a POST', () => {
  for (const status of [301, 302]) {
    const moved = refuses(`HTTP/1.1 ${status} Moved`, 'location: /there')

    it(`is a network error of fetch after a ${status}`, async () => {
      const peer = await origin(moved)
      const sent = fetch(peer.url, { method: 'POST', body: once(), dispatcher: agentFor() })
      const failure = await sent.catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(TypeError).with.property('message', 'fetch failed')
      expect((failure as Error).cause).to.include({ code: 'ERR_EXPECT_CONTENT_GONE' })
      await peer.done
    })

    it(`returns a ${status} with redirect: 'manual'`, async () => {
      const peer = await origin(moved)
      const init = { method: 'POST', body: once(), redirect: 'manual' as const }
      const response = await fetch(peer.url, { ...init, dispatcher: agentFor() })
      expect(response.status).to.equal(status)
      const request = new Request(peer.url, { method: 'POST', redirect: 'manual' })
      const again = await origin(moved)
      const own = new Request(again.url, request)
      expect((await fetch(own, { body: once(), dispatcher: agentFor() })).status).to.equal(status)
      await Promise.all([peer.done, again.done])
    })

    it(`returns a ${status} without a Location`, async () => {
      const peer = await origin(refuses(`HTTP/1.1 ${status} Moved`))
      const init = { method: 'POST', body: once(), dispatcher: agentFor() }
      expect((await fetch(peer.url, init)).status).to.equal(status)
      await peer.done
    })

    it(`follows a ${status} if the content can be read again`, async () => {
      const peer = await origin(moved, gets)
      const init = { method: 'POST', body: () => once(), dispatcher: agentFor() }
      expect((await fetch(peer.url, init)).redirected).to.equal(true)
      await peer.done
    })
  }
})

describe('a 421 to one-shot content', () => {
  const page = noise(3_000_000)

  it('is returned with its content', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 421 Misdirected Request', `content-length: ${page.length}`, 'x-own: 1')
      wire.raw(page)
      await wire.closed()
    })
    const init = { method: 'PUT', body: once(), dispatcher: agentFor() }
    const response = await fetch(peer.url, init)
    expect(response.status).to.equal(421)
    expect(response.statusText).to.equal('Misdirected Request')
    expect(response.headers.get('x-own')).to.equal('1')
    expect(sha256(Buffer.from(await response.arrayBuffer()))).to.equal(sha256(page))
    await peer.done
    expect(peer.connections).to.equal(1)
  })

  it('is returned, and its content fails when it breaks off', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 421 Misdirected Request', 'content-length: 10')
      wire.raw('half')
      wire.end()
    })
    const init = { method: 'PUT', body: once(), dispatcher: agentFor() }
    const response = await fetch(peer.url, init)
    expect(response.status).to.equal(421)
    const failure = await response.text().catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(TypeError)
    await peer.done
  })
})
