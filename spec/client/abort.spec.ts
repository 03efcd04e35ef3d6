import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { expect } from 'chai'
import { buildConnector } from 'undici'
import type { ExpectAgentOptions } from '../../lib/client/agent.ts'
import { faces } from '../support/all-faces.ts'
import { closeLater } from '../support/closing.ts'
import { endless } from '../support/endless.ts'
import { type Face, ownFaces, type Sender } from '../support/faces.ts'
import { closing } from '../support/gated.ts'
import { origin, type Script } from '../support/origin.ts'
import { turns } from '../support/turns.ts'

interface Moment {
  readonly when: string
  readonly scripts: (abort: () => void) => Script[]
  readonly options?: (abort: () => void) => ExpectAgentOptions
  /** A diagnostics channel whose next message is the moment. */
  readonly channel?: string
  /** Whether undici keeps the new connection for the next request. */
  readonly kept?: true
  /** The faces that cancel a source; all of them by default. */
  readonly lettingGo?: readonly Face[]
}

/** Reads a request head; the message must stay incomplete. */
const incomplete: Script = async (wire) => {
  expect((await wire.closed()).toString('latin1')).not.to.match(/\r\n0\r\n\r\n$/)
}

const refuse: Script = async (wire) => {
  await wire.head()
  wire.send('HTTP/1.1 417 Expectation Failed', 'content-length: 0')
  expect((await wire.closed()).length, 'bytes after the 417').to.equal(0)
}

/** Aborts while this connection is being made. */
function whileConnecting(number: number, abort: () => void): ExpectAgentOptions {
  const build = buildConnector({})
  let count = 0
  const connect: buildConnector.connector = (target, callback) => {
    count += 1
    // The platform’s fetch cannot be aborted before it has returned.
    if (count === number) queueMicrotask(abort)
    build(target, callback)
  }
  return { connect, connections: 1 }
}

// The fetch of Node 22 and 24 does not cancel a stream that nothing has read, with any dispatcher. So only the
// package's own faces cancel a stream that was not opened.
const moments: readonly Moment[] = [
  {
    when: 'while it connects',
    kept: true,
    lettingGo: ownFaces,
    scripts: () => [incomplete],
    options: (abort) => whileConnecting(1, abort),
  },
  {
    when: 'while it waits for the 100',
    lettingGo: ownFaces,
    scripts: (abort) => [
      async (wire) => {
        await wire.head()
        abort()
        expect((await wire.closed()).length, 'bytes after the head').to.equal(0)
      },
    ],
  },
  {
    when: 'when the 100 arrives',
    channel: 'expect-continue:release',
    scripts: () => [
      async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 100 Continue')
        await incomplete(wire)
      },
    ],
  },
  {
    when: 'while content is sent',
    scripts: (abort) => [
      async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 100 Continue')
        await wire.bytes(100_000)
        abort()
        await incomplete(wire)
      },
    ],
  },
  {
    when: 'when the 417 arrives',
    lettingGo: ownFaces,
    channel: 'expect-continue:replay',
    scripts: () => [refuse],
  },
  {
    when: 'while the replay connects',
    kept: true,
    lettingGo: ownFaces,
    scripts: () => [refuse, incomplete],
    options: (abort) => whileConnecting(2, abort),
  },
  {
    when: 'while the content of the replay is sent',
    scripts: (abort) => [
      refuse,
      async (wire) => {
        await wire.head()
        await wire.bytes(100_000)
        abort()
        await incomplete(wire)
      },
    ],
  },
  {
    when: 'while the response is read',
    lettingGo: ownFaces,
    channel: 'undici:request:headers',
    scripts: () => [
      async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 413 Content Too Large', 'content-length: 10')
        wire.raw('too')
        expect((await wire.closed()).length, 'bytes after the head').to.equal(0)
      },
    ],
  },
]

/** Calls back once, after the code that published the message. */
function onMessage(channel: string, callback: () => void): void {
  const listener = (): void => {
    unsubscribe(channel, listener)
    setImmediate(callback)
  }
  subscribe(channel, listener)
  closeLater(() => unsubscribe(channel, listener))
}

/** Active resources of the kinds that an upload creates. */
function resources(): string[] {
  const kinds = ['Timeout', 'TCPSocketWrap', 'TCPConnectWrap']
  return process.getActiveResourcesInfo().filter((name) => kinds.includes(name))
}

/** Sockets that undici connects from now on. */
function clientSockets(): Socket[] {
  const sockets: Socket[] = []
  const listener = (message: unknown): void => {
    sockets.push((message as { socket: Socket }).socket)
  }
  subscribe('undici:client:connected', listener)
  closeLater(() => unsubscribe('undici:client:connected', listener))
  return sockets
}

const reason = new Error('the caller has had enough')

function failureOf(sending: ReturnType<Sender>): Promise<unknown> {
  return sending.then(
    ({ status }) => `it resolved with ${status}`,
    (error) => error,
  )
}

for (const face of faces) {
  describe(`an abort through ${face.name}`, () => {
    for (const [name, make] of Object.entries(endless)) {
      for (const { when, scripts, options, channel, kept, lettingGo = faces } of moments) {
        it(`rejects with the reason and leaves no resources open, ${when}, with ${name}`, async () => {
          const controller = new AbortController()
          const abort = (): void => controller.abort(reason)
          const accepted: Socket[] = []
          const watched = scripts(abort).map(
            (script): Script =>
              async (wire) => {
                accepted.push(wire.socket)
                await script(wire)
              },
          )
          const peer = await origin(...watched)
          const connected = clientSockets()
          if (channel !== undefined) onMessage(channel, abort)
          const send = face.open(options?.(abort))
          await turns()
          const before = resources()

          const { content, cancelled } = make()
          const failure = await failureOf(send(peer.url, content, { signal: controller.signal }))
          if (kept) for (const socket of connected) socket.destroy()
          await peer.done
          await Promise.all([...accepted, ...connected].map(closing))
          await turns()
          expect(failure).to.equal(reason)
          if (lettingGo.includes(face)) {
            expect(cancelled(), 'times the source was cancelled').to.equal(1)
          }
          expect(resources()).to.eql(before)
        })
      }

      it(`sends nothing when the signal was already aborted, with ${name}`, async () => {
        const peer = await origin(async (wire) => {
          expect((await wire.closed()).length).to.equal(0)
        })
        const connected = clientSockets()
        const { content, cancelled } = make()
        const signal = AbortSignal.abort(reason)
        const failure = await failureOf(face.open()(peer.url, content, { signal }))
        // undici's request connects before it checks its signal.
        for (const socket of connected) socket.destroy()
        if (connected.length > 0) await peer.done
        expect(failure).to.equal(reason)
        expect(cancelled(), 'times the source was cancelled').to.equal(1)
      })
    }

    it('rejects with an AbortError when no reason was given', async () => {
      const controller = new AbortController()
      const peer = await origin(async (wire) => {
        await wire.head()
        controller.abort()
        await wire.closed()
      })
      const { signal } = controller
      const failure = await failureOf(face.open()(peer.url, 'abc', { signal, expect: 'always' }))
      expect(failure).to.be.instanceOf(DOMException).with.property('name', 'AbortError')
      await peer.done
    })

    it('has no effect after the response was read', async () => {
      const controller = new AbortController()
      const peer = await origin(async (wire) => {
        const head = await wire.head()
        wire.send('HTTP/1.1 100 Continue')
        await wire.content(head)
        wire.send('HTTP/1.1 201 Created', 'content-length: 2')
        wire.raw('ok')
      })
      const { signal } = controller
      const outcome = await face.open()(peer.url, 'abc', { signal, expect: 'always' })
      controller.abort(reason)
      expect(outcome).to.include({ status: 201, text: 'ok' })
      await peer.done
    })
  })
}
