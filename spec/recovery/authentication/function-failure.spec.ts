import { expect } from 'chai'
import { request } from 'undici'
import { fetch } from '../../../lib/client/fetch.ts'
import { agentFor } from '../../support/faces.ts'
import { content, guarded, stream, uploader } from '../../support/guarded.ts'
import { type Script, origin as scripted } from '../../support/origin.ts'
import { type Signal, signal } from '../../support/signal.ts'
import { answering, bearer, TokenGuard } from '../../support/token-guard.ts'
import { turns } from '../../support/turns.ts'

/** Turns of the event loop in which a reset on the loopback arrives. */
const enough = 10

const error = new Error('no token to be had')

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (reason: unknown) => reason,
  )
}

/** Challenges, and resets the connection during the response when the signal is raised. */
function breaking({ raised }: Signal): Script {
  return async (wire) => {
    await wire.head()
    wire.send('HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Bearer', 'Content-Length: 10')
    wire.raw('a')
    await raised
    wire.reset()
  }
}

describe('a function for credentials that fails', () => {
  it('fails the upload with its error', async () => {
    const origin = await guarded(new TokenGuard().mode)
    const { authenticate } = answering(error, error, error)
    const dispatcher = agentFor({ authenticate })
    const url = `${origin.url}/file`
    expect(await reasonOf(uploader({ authenticate })(url))).to.equal(error)
    const fetched = await reasonOf(fetch(url, { method: 'PUT', body: stream(), dispatcher }))
    expect(fetched).to.have.property('cause', error)
    expect(await reasonOf(request(url, { dispatcher }))).to.equal(error)
  })

  it('fails the upload with an error that is thrown synchronously', async () => {
    const origin = await guarded(new TokenGuard().mode)
    const authenticate = (): never => {
      throw error
    }
    expect(await reasonOf(uploader({ authenticate })(`${origin.url}/file`))).to.equal(error)
  })

  for (const thrown of [undefined, null, 'no token']) {
    it(`fails the upload with an error whose cause is the thrown value: ${thrown}`, async () => {
      const origin = await guarded(new TokenGuard().mode)
      const authenticate = async (): Promise<never> => {
        throw thrown
      }
      const reason = await reasonOf(uploader({ authenticate })(`${origin.url}/file`))
      expect(reason).to.be.instanceOf(Error)
      expect(reason).to.include({ message: 'authenticate failed', cause: thrown })
    })
  }

  const unusable: Record<string, unknown> = {
    nothing: undefined,
    'a string': 'Bearer secret',
    'a flat list': ['authorization', 'Bearer secret'],
    'a value that is not a string': { authorization: 5 },
    'a value with a line break': { authorization: 'Bearer secret\r\nx: y' },
  }
  for (const [name, answer] of Object.entries(unusable)) {
    it(`fails the upload when it returns ${name}, without printing it`, async () => {
      const origin = await guarded(new TokenGuard().mode)
      const { authenticate } = answering(answer)
      const reason = await reasonOf(uploader({ authenticate })(`${origin.url}/file`))
      expect(reason).to.be.instanceOf(Error)
      expect(String(reason))
        .to.match(/header/i)
        .and.not.include('secret')
      expect(origin.requests).to.have.lengthOf(1)
    })
  }

  it('fails the upload when the connection broke in the meantime', async () => {
    const broken = signal()
    const peer = await scripted(breaking(broken))
    const authenticate = async () => {
      broken.raise()
      await turns(enough)
      throw error
    }
    expect(await reasonOf(uploader({ authenticate })(peer.url))).to.equal(error)
  })

  it('does not prevent an upload whose connection broke from continuing', async () => {
    const broken = signal()
    const peer = await scripted(breaking(broken), async (wire) => {
      const head = await wire.head()
      wire.send('HTTP/1.1 100 Continue')
      expect(await wire.content(head)).to.deep.equal(content)
      wire.send('HTTP/1.1 201 Created', 'Content-Length: 0')
    })
    const authenticate = async () => {
      broken.raise()
      await turns(enough)
      return bearer('token-1')
    }
    const { response } = await uploader({ authenticate })(peer.url)
    expect(response.status).to.equal(201)
    await peer.done
  })

  for (const method of ['PUT', 'HEAD'] as const) {
    it(`does not delay a ${method} that is aborted`, async () => {
      const origin = await guarded(new TokenGuard().mode)
      const ending = new AbortController()
      const reason = new Error('changed my mind')
      const never = new Promise<never>(() => {})
      const authenticate = async () => {
        await turns(enough)
        ending.abort(reason)
        return never
      }
      const dispatcher = agentFor({ authenticate })
      const body = method === 'PUT' ? stream() : null
      const options = { method, body, dispatcher, signal: ending.signal }
      expect(await reasonOf(request(`${origin.url}/file`, options))).to.equal(reason)
      expect(origin.requests).to.have.lengthOf(1)
    })
  }
})
