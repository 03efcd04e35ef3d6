import { once } from 'node:events'
import { type Clock, install } from '@sinonjs/fake-timers'
import { expect } from 'chai'
import { UploadError } from '../../lib/errors.ts'
import { closeLater } from '../support/closing.ts'
import { closing, type Gated, gatedSocket, put, putHead, Recorder } from '../support/gated.ts'
import { origin, tlsOrigin } from '../support/origin.ts'
import { signal } from '../support/signal.ts'
import { answer, goAhead, type Step } from '../support/steps.ts'
import { threadOrigin } from '../support/thread-origin.ts'
import { turns } from '../support/turns.ts'

/** Fakes setTimeout only; sockets and immediates use the real clock. */
function standingClock(): Clock {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] })
  closeLater(() => clock.uninstall())
  return clock
}

/** How many timers keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}

describe('Http1Gate', () => {
  for (const [transport, listen] of Object.entries({ TCP: origin, TLS: tlsOrigin })) {
    it(`starts the wait when the head has been sent, over ${transport}`, async () => {
      const clock = standingClock()
      const peer = await listen(async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 103 Early Hints')
        expect((await wire.bytes(3)).toString()).to.equal('abc')
      })
      const gated = gatedSocket(peer.url)
      const recorder = new Recorder('abc', { length: 3 })
      put(gated, recorder)
      clock.tick(10_000)
      expect(clock.countTimers(), 'while it connects').to.equal(0)

      await recorder.until('interim 103')
      expect(clock.countTimers(), 'once the head has left').to.equal(1)
      clock.tick(999)
      await turns()
      expect(recorder.events).not.to.include('release by timeout')
      clock.tick(1)
      await recorder.until('release by timeout')
      await peer.done
    })
  }

  for (const status of [102, 103, 104, 199]) {
    it(`does not restart the wait after a ${status}`, async () => {
      const clock = standingClock()
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.send(`HTTP/1.1 ${status} Interim`)
        await wire.until('abc')
      })
      const gated = gatedSocket(peer.url)
      const recorder = new Recorder('abc', { length: 3 })
      put(gated, recorder)
      await recorder.until(`interim ${status}`)
      clock.tick(999)
      await turns()
      expect(recorder.events).not.to.include('release by timeout')
      clock.tick(1)
      await recorder.until('release by timeout')
      await peer.done
    })
  }

  it('sends the content once when a 100 follows the end of the wait', async () => {
    const clock = standingClock()
    const peer = await origin(async (wire) => {
      await wire.head()
      await wire.until('abc')
      wire.send('HTTP/1.1 100 Continue')
      wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      expect((await wire.closed()).length).to.equal(0)
    })
    const gated = gatedSocket(peer.url)
    const { socket } = gated
    socket.resume()
    const recorder = new Recorder('abc', { length: 3 })
    put(gated, recorder)
    await once(socket, 'connect')
    await turns()
    clock.tick(1000)
    await recorder.until('final 201')
    socket.destroy()
    expect(recorder.events.filter((event) => event.startsWith('release'))).to.eql([
      'release by timeout',
    ])
    await peer.done
  })

  const ends = [
    { what: 'the 100', says: 'HTTP/1.1 100 Continue', event: 'release by continue' },
    { what: 'a refusal', says: 'HTTP/1.1 413 No', event: 'final 413 withheld' },
    { what: 'a 200', says: 'HTTP/1.1 200 OK', event: 'final 200 withheld' },
    { what: 'the end of the connection', says: null, event: null },
  ]
  for (const end of ends) {
    it(`leaves no timer after ${end.what}`, async () => {
      // The runner sets its own timer after the function of the spec has returned.
      await turns()
      const before = timers()
      const measured = signal()
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 103 Early Hints')
        await measured.raised
        if (end.says === null) wire.end()
        else wire.send(end.says, 'content-length: 0')
        await wire.closed()
      })
      const gated = gatedSocket(peer.url)
      const { socket } = gated
      // undici does the same when the other side has ended.
      socket.on('end', () => socket.destroy()).resume()
      const recorder = new Recorder('abc', { length: 3, continueTimeout: 60_000 })
      put(gated, recorder)
      await recorder.until('interim 103')
      const during = timers()
      measured.raise()
      if (end.event === null) await closing(socket)
      else await recorder.until(end.event)
      const after = timers()
      socket.destroy()
      expect({ during, after }).to.eql({ during: before + 1, after: before })
      await peer.done
    })
  }

  const verdicts: { says: Step; what: string; event: string; others: string }[] = [
    { says: goAhead, what: 'a 100', event: 'release by continue', others: 'release by timeout' },
    {
      says: answer('417 Expectation Failed'),
      what: 'a 417',
      event: 'final 417 withheld',
      others: 'release',
    },
    {
      says: answer('413 Content Too Large'),
      what: 'a 413',
      event: 'final 413 withheld',
      others: 'release',
    },
  ]
  for (const { says, what, event: wanted, others } of verdicts) {
    it(`accepts ${what} that arrived in time when the event loop is late`, async () => {
      const peer = await threadOrigin([{ do: 'head' }, says, { do: 'count' }, { do: 'closed' }])
      const gated = gatedSocket(peer.url)
      const { socket } = gated
      socket.resume()
      await once(socket, 'connect')
      const recorder = new Recorder('abc', { length: 3, continueTimeout: 20 })
      put(gated, recorder)
      const due = performance.now() + 20
      peer.blockUntil(1)
      while (performance.now() <= due);
      await recorder.until(wanted)
      expect(recorder.events.filter((event) => event.startsWith(others))).to.eql([])
    })
  }

  it('reports the error of a write when no response arrives in time', async () => {
    const clock = standingClock()
    const peer = await threadOrigin([{ do: 'head' }, { do: 'reset' }, { do: 'count' }])
    const gated = gatedSocket(peer.url)
    const { socket } = gated
    // While nothing reads the socket, only a write can find out that the other side is gone.
    socket.pause()
    const failures: NodeJS.ErrnoException[] = []
    socket.on('error', (error) => failures.push(error))
    await once(socket, 'connect')
    const more = signal()
    async function* content(): AsyncGenerator<string> {
      await more.raised
      yield 'abc'
    }
    const recorder = new Recorder(content(), { length: 3, asks: false, rescueTimeout: 300 })
    put(gated, recorder)
    // The head is sent alone when no content came with it.
    await turns(3)
    peer.blockUntil(1)
    more.raise()
    await turns(3)
    const readEarly = recorder.events.at(-1)
    expect(readEarly).to.match(/^rescue (ECONNRESET|EPIPE)$/)

    clock.tick(299)
    await turns()
    await turns()
    expect(failures).to.eql([])
    clock.tick(1)
    await closing(socket)
    expect(failures.map(({ code }) => `rescue ${code}`)).to.eql([readEarly])
  })

  it('reports an error at once that does not come from the peer', async () => {
    const clock = standingClock()
    const peer = await origin(async (wire) => {
      await wire.head()
      await wire.closed()
    })
    const gated = gatedSocket(peer.url)
    const { socket } = gated
    const failed = once(socket, 'error')
    await once(socket, 'connect')
    const recorder = new Recorder('abc', { length: 3, asks: false })
    put(gated, recorder)
    socket.destroy(new Error('the reason'))
    expect(await failed).to.have.nested.property('0.message', 'the reason')
    expect(recorder.events.filter((event) => event.startsWith('rescue'))).to.eql([])
    expect(clock.countTimers()).to.equal(0)
    await peer.done
  })

  it('opens content only after the 100', async () => {
    const go = signal()
    const peer = await origin(async (wire) => {
      expect(await wire.head()).to.match(/content-length: 3\r\nexpect: 100-continue\r\n\r\n$/)
      wire.send('HTTP/1.1 103 Early Hints')
      await go.raised
      wire.send('HTTP/1.1 100 Continue')
      expect((await wire.bytes(3)).toString()).to.equal('abc')
    })
    const gated = gatedSocket(peer.url)
    gated.socket.resume()
    const recorder = new Recorder('abc', { length: 3 })
    put(gated, recorder)
    await recorder.until('interim 103')
    await turns()
    const before = [...recorder.events]
    go.raise()
    await recorder.until('delivered')
    expect(before).to.eql(['asked', 'first byte', 'interim 103'])
    expect(recorder.events.slice(before.length)).to.eql([
      'interim 100',
      'release by continue',
      'open',
      'content 3',
      'delivered',
    ])
    await peer.done
  })

  it('does not open refused content', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 413 Content Too Large', 'content-length: 0')
      expect(await wire.closed()).to.have.length(0)
    })
    const gated = gatedSocket(peer.url)
    gated.socket.resume()
    const recorder = new Recorder('abc', { length: 3 })
    put(gated, recorder)
    await recorder.until('final 413 withheld')
    await turns()
    gated.socket.destroy()
    await recorder.until('closed')
    expect(recorder.events).to.eql(['asked', 'first byte', 'final 413 withheld', 'closed'])
    await peer.done
  })

  it('sends content of unknown length in chunks', async () => {
    const peer = await origin(async (wire) => {
      const head = await wire.head()
      expect(head).to.match(/transfer-encoding: chunked\r\n\r\n$/)
      expect((await wire.content(head)).toString()).to.equal('abc')
    })
    const gated = gatedSocket(peer.url)
    const recorder = new Recorder(['a', '', 'bc'], { asks: false })
    put(gated, recorder)
    await recorder.until('delivered')
    await peer.done
  })

  it('reports an upload on a connection that was used before', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 200 OK', 'content-length: 0')
      await wire.until('abc')
      wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      await wire.closed()
    })
    const gated = gatedSocket(peer.url)
    gated.gate.announceOther({ path: '/', method: 'GET' })
    gated.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n', 'latin1')
    await once(gated.socket, 'data')
    gated.socket.resume()
    const recorder = new Recorder('abc', { length: 3, asks: false })
    put(gated, recorder)
    await recorder.until('final 201')
    expect(recorder.events[0]).to.equal('not asked again')
    gated.socket.destroy()
    await peer.done
  })
})

describe('Http1Gate with another undici', () => {
  const get = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'
  const other = { path: '/', method: 'GET' } as const
  const upload = (): Recorder => new Recorder('abc', { length: 3 })
  const misuses: readonly (readonly [string, string, (gated: Gated) => void])[] = [
    ['no head after an announcement', '', ({ gate }) => gate.announce(upload())],
    [
      'something else than a head',
      '',
      ({ gate, socket }) => {
        gate.announce(upload())
        socket.write('abc', 'latin1')
      },
    ],
    [
      'a head in bytes',
      '',
      ({ gate, socket }) => {
        gate.announce(upload())
        socket.write(Buffer.from(putHead))
      },
    ],
    [
      'a head with content',
      '',
      ({ gate, socket }) => {
        gate.announce(upload())
        socket.write(`${putHead}abc`, 'latin1')
      },
    ],
    ['a request without an announcement', '', ({ socket }) => void socket.write(putHead, 'latin1')],
    [
      'content after the head of an upload',
      '',
      (gated) => {
        put(gated, upload())
        gated.socket.write('abc', 'latin1')
      },
    ],
    [
      'content after the head of a request without content',
      '',
      ({ gate, socket }) => {
        gate.announceOther(other)
        socket.write(get, 'latin1')
        socket.write('abc', 'latin1')
      },
    ],
  ]
  for (const [what, arrives, act] of misuses) {
    it(`sends none of ${what}`, async () => {
      const peer = await origin(async (wire) => {
        expect((await wire.closed()).toString()).to.equal(arrives)
      })
      const gated = gatedSocket(peer.url)
      const failed = once(gated.socket, 'error')
      await once(gated.socket, 'connect')
      gated.socket.cork()
      act(gated)
      gated.socket.uncork()
      const [error] = await failed
      expect(error).to.be.instanceOf(UploadError).and.include({ code: 'ERR_EXPECT_NO_GATE' })
      await peer.done
    })
  }

  it('lets undici write the content of a request that is not an upload', async () => {
    const peer = await origin(async (wire) => {
      await wire.until('abc')
      await wire.until('def')
    })
    const { gate, socket } = gatedSocket(peer.url)
    gate.announceOther({ path: '/', method: 'PUT', body: 'abcdef' })
    socket.write(`PUT / HTTP/1.1\r\ncontent-length: 6\r\n\r\nabc`, 'latin1')
    socket.write('def', 'latin1')
    await peer.done
  })
})
