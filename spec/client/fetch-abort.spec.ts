import { expect } from 'chai'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'
import { origin } from '../support/origin.ts'

const inits: Readonly<Record<string, FetchInit>> = {
  'a GET': {},
  'a PUT': { method: 'PUT', body: 'hello' },
  'a PUT with an expectation': {
    method: 'PUT',
    body: 'hello',
    expect: 'always',
    continueTimeout: 60_000,
  },
}

const reasons: Readonly<Record<string, unknown>> = {
  'an Error': new Error('enough'),
  'a DOMException': new DOMException('too slow', 'TimeoutError'),
  text: 'enough',
  'an object': { enough: true },
  null: null,
  nothing: undefined,
}

describe("fetch's abort", () => {
  for (const [name, reason] of Object.entries(reasons)) {
    for (const [what, init] of Object.entries(inits)) {
      it(`rejects ${what} with ${name} before it was sent`, async () => {
        const started = await openOrigin()
        const signal = AbortSignal.abort(reason)
        const failure = await fetch(started.url, { ...init, signal }).catch((error) => error)
        expect(failure).to.equal(signal.reason)
        expect(started.connections).to.equal(0)
      })

      it(`rejects ${what} with ${name} while it waits for a response`, async () => {
        const controller = new AbortController()
        const { signal } = controller
        const peer = await origin(async (wire) => {
          await wire.head()
          controller.abort(reason)
          await wire.closed()
        })
        const own = { ...init, signal, dispatcher: agentFor() }
        const failure = await fetch(peer.url, own).catch((error) => error)
        expect(failure).to.equal(signal.reason)
        await peer.done
      })

      // With null as a reason, the platform's response fails with an AbortError.
      if (reason === null) continue
      it(`fails the response to ${what} with ${name} while it is read`, async () => {
        const controller = new AbortController()
        const { signal } = controller
        const peer = await origin(async (wire) => {
          await wire.head()
          wire.send('HTTP/1.1 200 OK', 'content-length: 10')
          await wire.closed()
        })
        const own = { ...init, signal, dispatcher: agentFor() }
        const text = (await fetch(peer.url, own)).text().catch((error) => error)
        controller.abort(reason)
        expect(await text).to.equal(signal.reason)
        await peer.done
      })
    }
  }
})
