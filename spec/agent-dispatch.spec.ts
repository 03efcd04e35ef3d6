import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { buildConnector, type Dispatcher, errors, request } from 'undici'
import { closeLater } from './support/closing.ts'
import { agentFor } from './support/faces.ts'
import { RecordingHandler } from './support/handler.ts'
import { origin, type Script } from './support/origin.ts'
import { signal } from './support/signal.ts'
import { turns } from './support/turns.ts'
import type { Wire } from './support/wire.ts'

type Controller = Dispatcher.DispatchController

const asking = { method: 'PUT' as const, headers: { expect: '100-continue' }, body: 'abc' }

/** Answers 417 to a head with an expectation. */
const refuse: Script = async (wire) => {
  expect(await wire.head()).to.match(/^expect: 100-continue\r$/im)
  wire.send('HTTP/1.1 417 Expectation Failed', 'content-length: 0')
  expect((await wire.closed()).length).to.equal(0)
}

/** Reads the replay and answers it. */
const take: Script = async (wire) => {
  const head = await wire.head()
  expect(head).not.to.match(/^expect:/im)
  expect((await wire.content(head)).toString()).to.equal('abc')
  wire.send('HTTP/1.1 201 Created', 'content-length: 2')
  wire.raw('ok')
}

const neverComplete: Script = async (wire) => {
  expect((await wire.closed()).toString()).not.to.include('abc')
}

function targetOf(url: string): { origin: string; path: string } {
  const { origin: base, pathname } = new URL(url)
  return { origin: base, path: pathname }
}

describe("a dispatch's controller across a 417", () => {
  it('stays the same object', async () => {
    const peer = await origin(refuse, take)
    const handler = new RecordingHandler()
    agentFor().dispatch({ ...targetOf(peer.url), ...asking }, handler)
    await handler.ended
    expect(handler.events).to.eql(['start', 'status 201', 'data ok', 'end'])
    expect(handler.controllers.size).to.equal(1)
    await peer.done
  })

  it('delays the response of the replay if it was paused before', async () => {
    const peer = await origin(refuse, take)
    let kept: Controller | null = null
    const handler = new RecordingHandler((controller) => {
      kept = controller
      controller.pause()
    })
    agentFor().dispatch({ ...targetOf(peer.url), ...asking }, handler)
    await peer.done
    while (!handler.events.includes('status 201')) await turns()
    await turns(10)
    const before = [...handler.events]
    const controller = kept as Controller | null
    expect(controller?.paused).to.equal(true)
    controller?.resume()
    await handler.ended
    expect(before).to.eql(['start', 'status 201'])
    expect(handler.events).to.eql(['start', 'status 201', 'data ok', 'end'])
  })

  it('passes on the response of the replay if it was paused and resumed before', async () => {
    const peer = await origin(refuse, take)
    const handler = new RecordingHandler((controller) => {
      controller.pause()
      controller.resume()
    })
    agentFor().dispatch({ ...targetOf(peer.url), ...asking }, handler)
    await handler.ended
    expect(handler.events.at(-1)).to.equal('end')
    await peer.done
  })

  const reason = new Error('enough')
  const moments: Record<string, (abort: () => void) => Promise<Script[]> | Script[]> = {
    'while it waits for the 100': (abort) => [
      async (wire) => {
        await wire.head()
        abort()
        await neverComplete(wire)
      },
    ],
    'when the 417 is noticed': (abort) => {
      subscribe('expect-continue:replay', abort)
      closeLater(() => unsubscribe('expect-continue:replay', abort))
      return [refuse]
    },
    'while the replay is written': (abort) => [
      refuse,
      async (wire) => {
        await wire.head()
        abort()
        await wire.closed()
      },
    ],
    'while the response to the replay is read': (abort) => [
      refuse,
      async (wire) => {
        await wire.content(await wire.head())
        wire.send('HTTP/1.1 201 Created', 'content-length: 2')
        wire.raw('o')
        abort()
        await wire.closed()
      },
    ],
  }
  for (const [when, scripts] of Object.entries(moments)) {
    it(`aborts with the reason ${when}`, async () => {
      let kept: Controller | null = null
      const abort = (): void => (kept as Controller | null)?.abort(reason)
      const peer = await origin(...(await scripts(abort)))
      const handler = new RecordingHandler((controller) => {
        kept = controller
      })
      agentFor().dispatch({ ...targetOf(peer.url), ...asking }, handler)
      await handler.ended
      await peer.done
      expect(handler.errors).to.eql([reason])
      expect(handler.events.filter((event) => event === 'error' || event === 'end')).to.eql([
        'error',
      ])
      const controller = kept as Controller | null
      expect(controller).to.include({ aborted: true, reason })
    })
  }

  it('aborts with the reason while the replay waits for its connection', async () => {
    let kept: Controller | null = null
    const peer = await origin(refuse, neverComplete)
    const build = buildConnector({})
    let connections = 0
    const connect: buildConnector.connector = (target, callback) => {
      connections += 1
      if (connections === 2) (kept as Controller | null)?.abort(reason)
      build(target, callback)
    }
    const dispatcher = agentFor({ connect, connections: 1 })
    const handler = new RecordingHandler((controller) => {
      kept = controller
    })
    dispatcher.dispatch({ ...targetOf(peer.url), ...asking }, handler)
    await handler.ended
    expect(handler.errors).to.eql([reason])
    await dispatcher.destroy()
    await peer.done
  })
})

describe("ExpectAgent's close", () => {
  for (const [name, ...scripts] of [
    [
      'an upload that waits for the 100',
      async (wire: Wire, head: string) => {
        wire.send('HTTP/1.1 100 Continue')
        expect((await wire.content(head)).toString()).to.equal('abc')
        wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      },
    ],
    [
      'the replay of an upload that was made before',
      async (wire: Wire) => wire.send('HTTP/1.1 417 Expectation Failed', 'content-length: 0'),
      take,
    ],
  ] as const) {
    it(`waits for ${name}`, async () => {
      const asked = signal()
      const closing = signal()
      const [answer, ...others] = scripts
      const peer = await origin(
        async (wire) => {
          const head = await wire.head()
          asked.raise()
          await closing.raised
          await answer(wire, head)
        },
        ...others,
      )
      const dispatcher = agentFor()
      const uploaded = request(peer.url, { ...asking, dispatcher })
      await asked.raised
      const closed = dispatcher.close()
      closing.raise()
      expect((await uploaded).statusCode).to.equal(201)
      await closed
      await peer.done
    })
  }

  it('rejects later requests', async () => {
    const dispatcher = agentFor()
    const closed = dispatcher.close()
    const failure = await request('http://127.0.0.1:9/', { ...asking, dispatcher }).catch((e) => e)
    await closed
    expect(failure).to.be.instanceOf(errors.ClientClosedError)
  })
})

describe("ExpectAgent's destroy", () => {
  it('fails a waiting upload, closes its connection and cancels its source', async () => {
    const asked = signal()
    const peer = await origin(async (wire) => {
      await wire.head()
      asked.raise()
      await neverComplete(wire)
    })
    const dispatcher = agentFor()
    const body = Readable.from(['abc', 'def'])
    const failed = request(peer.url, { method: 'PUT', body, dispatcher }).catch((error) => error)
    await asked.raised
    const reason = new Error('the process ends')
    await dispatcher.destroy(reason)
    expect(await failed).to.equal(reason)
    expect(body.destroyed).to.equal(true)
    await peer.done
  })

  it('rejects later requests', async () => {
    const dispatcher = agentFor()
    await dispatcher.destroy()
    const failure = await request('http://127.0.0.1:9/', { ...asking, dispatcher }).catch((e) => e)
    expect(failure).to.be.instanceOf(errors.ClientDestroyedError)
  })
})

describe('a dispatch for a socket', () => {
  for (const options of [{ upgrade: 'chat' }, { method: 'CONNECT' as const, body: null }]) {
    it(`is rejected when the handler cannot take the socket: ${JSON.stringify(options)}`, async () => {
      const failure = await request('http://127.0.0.1:1', {
        ...asking,
        ...options,
        dispatcher: agentFor(),
      }).catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(errors.InvalidArgumentError)
    })
  }
})
