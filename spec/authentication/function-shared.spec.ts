import { expect } from 'chai'
import { guarded, stream, uploader, wholes } from '../support/guarded.ts'
import { origin as scripted } from '../support/origin.ts'
import { signal } from '../support/signal.ts'
import { answering, bearer, TokenGuard } from '../support/token-guard.ts'
import type { Wire } from '../support/wire.ts'

/** Reads a head with this token and challenges it, when it is time to. */
async function challenges(wire: Wire, token: string | null, time = Promise.resolve()) {
  const head = await wire.head()
  expect(/^authorization: Bearer (.*)\r$/im.exec(head)?.[1] ?? null).to.equal(token)
  await time
  wire.send('HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Bearer', 'Content-Length: 0')
}

/** Reads a head with this token and refuses it for another reason. */
async function refuses(wire: Wire, token: string): Promise<void> {
  expect(await wire.head()).to.match(new RegExp(`^authorization: Bearer ${token}\r$`, 'im'))
  wire.send('HTTP/1.1 413 Content Too Large', 'Content-Length: 0')
}

describe('a function for the credentials of several uploads', () => {
  it('is called once for many uploads that wait', async () => {
    const origin = await guarded(new TokenGuard().mode)
    const all = signal()
    let calls = 0
    const authenticate = async () => {
      calls += 1
      await all.raised
      return bearer('token-1')
    }
    const send = uploader({ authenticate })
    origin.mode = (seen) => {
      if (origin.requests.length === 20) all.raise()
      return new TokenGuard().mode(seen)
    }
    const uploads = Array.from({ length: 20 }, (_, number) => send(`${origin.url}/${number}`))
    const results = await Promise.all(uploads)
    expect(results.every(({ response }) => response.status === 201)).to.equal(true)
    expect(calls).to.equal(1)
    expect(origin.requests).to.have.lengthOf(40)
    expect(wholes(origin)).to.equal(20)
  })

  it('is called once for each origin', async () => {
    const origins = await Promise.all([1, 2].map(() => guarded(new TokenGuard().mode)))
    const both = signal()
    const urls: string[] = []
    const authenticate = async ({ url }: { url: string }) => {
      urls.push(url)
      if (urls.length === 2) both.raise()
      await both.raised
      return bearer('token-1')
    }
    const send = uploader({ authenticate })
    const results = await Promise.all(origins.map(({ url }) => send(`${url}/file`)))
    expect(results.map(({ response }) => response.status)).to.deep.equal([201, 201])
    expect(urls).to.have.members(origins.map(({ url }) => `${url}/file`))
  })

  it('is not called for an upload that began before the last call had ended', async () => {
    const { authenticate, calls } = answering(bearer('token-1'))
    const [begun, late] = [signal(), signal()]
    const peer = await scripted(
      (wire) => {
        begun.raise()
        return challenges(wire, null, late.raised)
      },
      (wire) => challenges(wire, null),
      (wire) => refuses(wire, 'token-1'),
      (wire) => refuses(wire, 'token-1'),
    )
    const send = uploader({ authenticate, continueTimeout: 8000 })
    const first = send(peer.url)
    await begun.raised
    expect((await send(peer.url)).response.status).to.equal(413)
    late.raise()
    expect((await first).response.status).to.equal(413)
    expect(calls).to.have.lengthOf(1)
    await peer.done
  })

  it('is called when what it had found for another upload is refused', async () => {
    const { authenticate, calls } = answering(bearer('token-1'), bearer('token-2'))
    const [begun, late] = [signal(), signal()]
    const peer = await scripted(
      (wire) => {
        begun.raise()
        return challenges(wire, null, late.raised)
      },
      (wire) => challenges(wire, null),
      (wire) => refuses(wire, 'token-1'),
      (wire) => challenges(wire, 'token-1'),
      (wire) => refuses(wire, 'token-2'),
    )
    const send = uploader({ authenticate, continueTimeout: 8000 })
    const first = send(peer.url)
    await begun.raised
    await send(peer.url)
    late.raise()
    expect((await first).response.status).to.equal(413)
    expect(calls.map(({ attempt }) => attempt)).to.deep.equal([1, 2])
    await peer.done
  })

  it('fails all uploads that wait for it, and is called again by the next', async () => {
    const origin = await guarded(new TokenGuard().mode)
    const error = new Error('no token to be had')
    const all = signal()
    let calls = 0
    const authenticate = async () => {
      calls += 1
      if (calls > 1) return bearer('token-1')
      await all.raised
      throw error
    }
    const send = uploader({ authenticate })
    const challenged = new Set<number>()
    const uploads = Array.from({ length: 5 }, (_, number) => {
      const onProgress = ({ phase }: { phase: string }): void => {
        if (phase === 'responding') challenged.add(number)
        // The response is read in the turn in which its head came.
        if (challenged.size === 5) setImmediate(all.raise)
      }
      return send(`${origin.url}/${number}`, stream(), { onProgress })
    })
    const results = await Promise.allSettled(uploads)
    const reasons = results.map((result) => result.status === 'rejected' && result.reason)
    expect(reasons).to.satisfy((each: unknown[]) => each.every((reason) => reason === error))
    expect((await send(`${origin.url}/next`)).response.status).to.equal(201)
    expect(calls).to.equal(2)
  })
})
