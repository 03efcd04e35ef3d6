import { AnonymousCredential, BlockBlobClient } from '@azure/storage-blob'
import { expect } from 'chai'
import { errors, getGlobalDispatcher, request } from 'undici'
import { expectHttpClient } from '../../lib/adapters/azure.ts'
import { expectHttpStack } from '../../lib/adapters/tus.ts'
import { ExpectAgent } from '../../lib/client/agent.ts'
import { install } from '../../lib/client/bound.ts'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { upload } from '../../lib/client/upload.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { origin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'

/** Has the effect of a block with `await using`, which Node 22 cannot parse. */
async function usingAsync<Used extends AsyncDisposable>(
  used: Used,
  body: (used: Used) => Promise<void>,
): Promise<void> {
  try {
    await body(used)
  } finally {
    await used[Symbol.asyncDispose]()
  }
}

describe('await using', () => {
  for (const [name, wrap] of [
    ['an ExpectAgent', (agent: ExpectAgent) => agent],
    [
      'an ExpectAgent with an interceptor',
      (agent: ExpectAgent) => agent.compose(expectContinue()) as ExpectAgent,
    ],
  ] as const) {
    it(`closes ${name} after its requests`, async () => {
      const asked = signal()
      const left = signal()
      const peer = await origin(async (wire) => {
        const head = await wire.head()
        asked.raise()
        await left.raised
        wire.send('HTTP/1.1 100 Continue')
        await wire.content(head)
        wire.send('HTTP/1.1 201 Created', 'Content-Length: 0')
        await wire.closed()
      })
      const agent = wrap(new ExpectAgent({ memory: new RouteMemory(), continueTimeout: 60_000 }))
      let status = 0
      let uploading: Promise<void> | null = null
      await usingAsync(agent, async (dispatcher) => {
        const content = Buffer.alloc(2_000_000)
        uploading = upload(peer.url, content, { dispatcher }).then(({ response }) => {
          status = response.status
        })
        await asked.raised
        setImmediate(() => left.raise())
      })
      expect(status).to.equal(201)
      await uploading
      await peer.done
      const failure = await request(peer.url, { dispatcher: agent }).catch((error) => error)
      expect(failure).to.be.instanceOf(errors.ClientDestroyedError)
    })
  }

  it('accepts an ExpectAgent that was closed or destroyed', async () => {
    for (const end of ['close', 'destroy'] as const) {
      await usingAsync(new ExpectAgent(), (agent) => agent[end]())
    }
  })

  it('closes an origin, and accepts one that was closed', async () => {
    let url = ''
    await usingAsync(await startOrigin(), async (own) => {
      url = own.url
    })
    const failure = await fetch(url).catch((error) => error.cause)
    expect(failure).to.have.property('code', 'ECONNREFUSED')
    await usingAsync(await startOrigin(), (own) => own.close())
  })

  const adapters = {
    'the adapter for tus': () => {
      const stack = expectHttpStack()
      const send = async (url: string) =>
        (await stack.createRequest('PUT', url).send('content')).getStatus()
      return { adapter: stack, send }
    },
    'the adapter for Azure': () => {
      const httpClient = expectHttpClient()
      const send = async (url: string) => {
        const client = new BlockBlobClient(`${url}/container/blob`, new AnonymousCredential(), {
          httpClient,
        })
        return (await client.upload('content', 7))._response.status
      }
      return { adapter: httpClient, send }
    },
  }
  for (const [name, make] of Object.entries(adapters)) {
    it(`closes the connections of ${name}`, async () => {
      const peer = await origin(async (wire) => {
        await wire.content(await wire.head())
        // By default, undici closes an idle connection after four seconds.
        wire.send('HTTP/1.1 201 Created', 'Content-Length: 0', 'Keep-Alive: timeout=600')
        await wire.closed()
      })
      const { adapter, send } = make()
      await usingAsync(adapter, async () => {
        expect(await send(peer.url)).to.equal(201)
      })
      await peer.done
      await adapter[Symbol.asyncDispose]()
    })
  }

  it('does not close a dispatcher that was passed to an adapter', async () => {
    const own = await startOrigin()
    closeLater(() => own.close())
    const dispatcher = new ExpectAgent()
    await usingAsync(expectHttpStack({ dispatcher }), async () => {})
    await usingAsync(expectHttpClient({ dispatcher }), async () => {})
    expect((await request(own.url, { dispatcher })).statusCode).to.equal(201)
    await dispatcher.destroy()
  })
})

describe('using', () => {
  it('undoes install(), as a call does', () => {
    const before = [globalThis.fetch, getGlobalDispatcher()]
    for (const end of ['call', 'dispose'] as const) {
      const undo = install()
      expect(globalThis.fetch).not.to.equal(before[0])
      if (end === 'call') undo()
      else undo[Symbol.dispose]()
      expect([globalThis.fetch, getGlobalDispatcher()]).to.deep.equal(before)
    }
  })

  it('undoes install() once', () => {
    const first = install()
    first()
    const second = install()
    const installed = [globalThis.fetch, getGlobalDispatcher()]
    first[Symbol.dispose]()
    first()
    expect([globalThis.fetch, getGlobalDispatcher()]).to.deep.equal(installed)
    second()
  })
})
