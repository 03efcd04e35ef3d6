import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect } from 'chai'
import { Agent, request } from 'undici'
import { closeLater } from '../support/closing.ts'
import { RecordingHandler } from '../support/handler.ts'
import { signal } from '../support/signal.ts'
import { Counted } from '../support/sources.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

const channel = 'http2.client.stream.created'

function agentTrusting(ca: string): Agent {
  const agent = new Agent({ connect: { ca } })
  closeLater(() => agent.destroy())
  return agent
}

const accept: Play = (request, response) => {
  request.resume()
  request.on('end', () => response.end())
}

// The HTTP/2 gate depends on these behaviours, which neither node nor undici documents.
describe('undici and node', () => {
  it('open the stream synchronously with onRequestStart', async () => {
    const front = await tlsFront(['h2'], accept)
    let starting = false
    const seen: boolean[] = []
    const onStream = (): void => {
      seen.push(starting)
    }
    subscribe(channel, onStream)
    closeLater(() => unsubscribe(channel, onStream))
    const agent = agentTrusting(front.ca)
    for (let count = 0; count < 2; count++) {
      const handler = new RecordingHandler(() => {
        starting = true
        queueMicrotask(() => {
          starting = false
        })
      })
      agent.dispatch({ origin: front.url, path: '/', method: 'PUT', body: 'abc' }, handler)
      await handler.ended
    }
    expect(seen).to.eql([true, true])
  })

  it("wait for 'continue' before they read the content", async () => {
    const asked = signal()
    const looked = signal()
    const front = await tlsFront(['h2'], (request, response, expected) => {
      asked.raise()
      const answer = (): void => {
        if (expected) response.writeContinue()
        accept(request, response, expected)
      }
      looked.raised.then(answer, () => {})
    })
    const body = new Counted('abc')
    const init = { method: 'PUT', body: body as unknown as Buffer, expectContinue: true } as const
    const answer = request(front.url, { ...init, dispatcher: agentTrusting(front.ca) })
    await asked.raised
    expect(body.nextCalls).to.equal(0)
    looked.raise()
    expect((await answer).statusCode).to.equal(200)
    expect(body.nextCalls).to.equal(2)
  })
})
