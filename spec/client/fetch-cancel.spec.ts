import { expect } from 'chai'
import { fetch } from '../../lib/client/fetch.ts'
import { agentFor } from '../support/faces.ts'
import { origin, type Script } from '../support/origin.ts'

/** A stream without an end, and the reasons with which it was cancelled. */
function endless(): { body: ReadableStream; cancelled: Promise<unknown>; reasons: unknown[] } {
  const reasons: unknown[] = []
  let body: ReadableStream | undefined
  const cancelled = new Promise<unknown>((resolve) => {
    body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024)),
      cancel: (reason) => {
        reasons.push(reason)
        resolve(reason)
      },
    })
  })
  return { body: body as ReadableStream, cancelled, reasons }
}

/** Each script continues up to the moment and then aborts. */
const moments: readonly (readonly [when: string, script: (abort: () => void) => Script])[] = [
  [
    'waits for the 100',
    (abort) => async (wire) => {
      await wire.head()
      abort()
      await wire.closed()
    },
  ],
  [
    'is being sent',
    (abort) => async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 100 Continue')
      await wire.until('\0'.repeat(1024))
      abort()
      await wire.closed()
    },
  ],
]

describe('fetch with a signal', () => {
  const reason = new Error('changed my mind')

  it('cancels a stream at once when the signal was aborted before', async () => {
    const { body, reasons } = endless()
    const signal = AbortSignal.abort(reason)
    const response = fetch('http://127.0.0.1:9/', { method: 'POST', body, signal })
    const atOnce = [...reasons]
    const failure = await response.catch((error: unknown) => error)
    expect(failure).to.equal(reason)
    expect(atOnce).to.deep.equal([reason])
    expect(reasons).to.deep.equal([reason])
  })

  it('cancels a stream at once when the signal of a Request was aborted before', async () => {
    const { body, reasons } = endless()
    const signal = AbortSignal.abort(reason)
    const request = new Request('http://127.0.0.1:9/', { method: 'POST', signal })
    const response = fetch(request, { body })
    const atOnce = [...reasons]
    const failure = await response.catch((error: unknown) => error)
    expect(failure).to.equal(reason)
    expect(atOnce).to.deep.equal([reason])
  })

  it('ignores the signal of a Request if init.signal is null', async () => {
    const peer = await origin(async (wire) => {
      const head = await wire.head()
      expect((await wire.content(head)).toString()).to.equal('sent')
      wire.send('HTTP/1.1 201 Created', 'content-length: 0')
    })
    const request = new Request(peer.url, { method: 'POST', signal: AbortSignal.abort(reason) })
    const init = { body: 'sent', signal: null, dispatcher: agentFor() }
    expect((await fetch(request, init)).status).to.equal(201)
    await peer.done
  })

  for (const [when, script] of moments) {
    it(`cancels a stream that ${when} with the reason of the abort`, async () => {
      const { body, cancelled } = endless()
      const controller = new AbortController()
      const peer = await origin(script(() => controller.abort(reason)))
      const init = { method: 'POST', body, signal: controller.signal, dispatcher: agentFor() }
      const failure = await fetch(peer.url, init).catch((error: unknown) => error)
      expect(failure).to.equal(reason)
      expect(await cancelled).to.equal(reason)
      await peer.done
    })
  }
})
