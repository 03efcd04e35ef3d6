import { expect } from 'chai'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import { agentFor } from '../support/faces.ts'

const platform = globalThis.fetch as typeof fetch

/** The properties of a response, or the error. */
async function outcomeOf(call: typeof fetch, url: string, init: FetchInit): Promise<unknown> {
  try {
    const response = await call(url, init)
    const { status, statusText, ok, type, redirected, headers } = response
    const fields = [...headers]
    const text = await response.text()
    return { status, statusText, ok, type, redirected, url: response.url, fields, text }
  } catch (error) {
    const { name, message, cause } = error as Error
    return { name, message, cause: String(cause) }
  }
}

const blob = URL.createObjectURL(new Blob(['hello'], { type: 'text/plain' }))

const urls: readonly (readonly [string, FetchInit?])[] = [
  ['data:,hello'],
  ['data:text/html;charset=utf-8;base64,aGVsbG8='],
  ['data:,hello', { method: 'HEAD' }],
  ['data:'],
  ['data:text/plain'],
  [blob],
  [blob, { headers: { range: 'bytes=1-2' } }],
  [blob, { method: 'POST' }],
  ['blob:nodedata:nothing'],
  ['about:blank'],
  ['file:///etc/hostname'],
  ['ftp://127.0.0.1/'],
  ['relative'],
  ['http://'],
]

describe('fetch, given a URL that it passes to the platform,', () => {
  for (const [url, init = {}] of urls) {
    it(`behaves like the platform's with ${url} ${JSON.stringify(init)}`, async () => {
      const ours = await outcomeOf(fetch, url, { ...init, dispatcher: agentFor() })
      expect(ours).to.deep.equal(await outcomeOf(platform, url, init))
    })
  }

  it('is aborted by its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const init = { method: 'POST', body: 'unused', signal, dispatcher: agentFor() }
    const failure = await fetch('data:,hello', init).catch((error: unknown) => error)
    expect(failure).to.equal(signal.reason)
  })

  it('does not read content that it does not need', async () => {
    const body = new Blob(['unused']).stream()
    const response = await fetch('data:,hello', { method: 'POST', body, dispatcher: agentFor() })
    expect(await response.text()).to.equal('hello')
    expect(await new Response(body).text()).to.equal('unused')
  })
})
