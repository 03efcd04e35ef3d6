import { expect } from 'chai'
import { request } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'

async function* once(): AsyncGenerator<string> {
  yield 'content'
}

const asking = { method: 'PUT', expect: 'always' } as const

describe('a mistake of a caller', () => {
  it('does not lose header fields in a one-shot iterator', async () => {
    const origin = await openOrigin()
    const headers = new Map([['authorization', 'secret']]).entries()
    await request(origin.url, { method: 'PUT', headers, body: 'abc', dispatcher: agentFor() })
    expect(origin.requests[0]?.headers).to.include({ authorization: 'secret' })
  })

  for (const phase of ['waiting', 'sending'] as const) {
    it(`fails the upload with the error of onProgress when ${phase}`, async () => {
      const origin = await openOrigin()
      const reason = new Error('no progress')
      const onProgress = (progress: { phase: string }): void => {
        if (progress.phase === phase) throw reason
      }
      const options = { ...asking, onProgress, dispatcher: agentFor() }
      const failure = await upload(origin.url, 'abc', options).catch((error) => error)
      expect(failure).to.equal(reason)
    })
  }

  it('returns the response even if onProgress throws then', async () => {
    const origin = await openOrigin()
    const onProgress = (progress: { phase: string }): void => {
      if (progress.phase === 'responding') throw new Error('no progress')
    }
    const options = { ...asking, onProgress, dispatcher: agentFor() }
    const { response } = await upload(origin.url, 'abc', options)
    expect(response.status).to.equal(201)
  })

  it('rejects an onProgress that is not a function', async () => {
    const onProgress = 'yes' as unknown as () => void
    const failure = await upload('http://127.0.0.1:9/', 'abc', { onProgress }).catch((e) => e)
    expect(failure).to.be.instanceOf(TypeError)
    expect(failure.message).to.include("'onProgress'")
  })

  it('sends no empty message for an iterator that was read before', async () => {
    const origin = await openOrigin()
    const content = once()
    const options = { dispatcher: agentFor() }
    await upload(origin.url, content, options)
    const failure = await upload(origin.url, content, options).catch((error) => error)
    expect(failure).to.be.instanceOf(TypeError)
    expect(origin.requests).to.have.length(1)
  })

  it('allows a dispatcher in the options of a request, as older callers pass it', async () => {
    const origin = await openOrigin()
    const dispatcher = agentFor()
    const options = {
      origin: origin.url,
      path: '/',
      method: 'PUT',
      body: 'abc',
      dispatcher,
    } as const
    const { statusCode, body } = await dispatcher.request(options)
    await body.dump()
    expect(statusCode).to.equal(201)
  })
})
