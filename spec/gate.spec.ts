import { once } from 'node:events'
import { type Clock, install } from '@sinonjs/fake-timers'
import { expect } from 'chai'
import { closeLater } from './support/closing.ts'
import { originElsewhere } from './support/elsewhere.ts'
import { announced, closing, gatedSocket, turn } from './support/gated.ts'
import { origin, tlsOrigin } from './support/origin.ts'
import { signal } from './support/signal.ts'
import { answer, goAhead, type Step } from './support/steps.ts'

/** A clock that stands until it is told; sockets and immediates go on by themselves. */
function standingClock(): Clock {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] })
  closeLater(() => clock.uninstall())
  return clock
}

/** How many timers keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}

describe('gate', () => {
  for (const [transport, listen] of Object.entries({ TCP: origin, TLS: tlsOrigin })) {
    it(`begins to wait when the head has left, over ${transport}`, async () => {
      const clock = standingClock()
      const peer = await listen(async (wire) => {
        await wire.head()
        wire.send('HTTP/1.1 103 Early Hints')
        expect((await wire.bytes(3)).toString()).to.equal('abc')
      })
      const { socket, line } = gatedSocket(peer.url)
      const { head, told } = announced(line, 3)
      socket.write(`${head}abc`, 'latin1')
      clock.tick(10_000)
      expect(clock.countTimers(), 'while it connects').to.equal(0)

      await told.until('interim 103')
      expect(clock.countTimers(), 'once the head has left').to.equal(1)
      clock.tick(999)
      await turn()
      expect(told.events).not.to.include('release by timeout')
      clock.tick(1)
      await told.until('release by timeout')
      await peer.done
    })
  }

  for (const status of [102, 103, 104, 199]) {
    it(`does not wait anew after a ${status}`, async () => {
      const clock = standingClock()
      const peer = await origin(async (wire) => {
        await wire.head()
        wire.send(`HTTP/1.1 ${status} Interim`)
        await wire.until('abc')
      })
      const { socket, line } = gatedSocket(peer.url)
      const { head, told } = announced(line, 3)
      socket.write(`${head}abc`, 'latin1')
      await once(socket, 'connect')
      clock.tick(999)
      await told.until(`interim ${status}`)
      expect(told.events).not.to.include('release by timeout')
      clock.tick(1)
      await told.until('release by timeout')
      await peer.done
    })
  }

  it('lets the content go once, when a 100 follows the end of the wait', async () => {
    const clock = standingClock()
    const peer = await origin(async (wire) => {
      await wire.head()
      await wire.until('abc')
      wire.send('HTTP/1.1 100 Continue')
      wire.send('HTTP/1.1 201 Created', 'content-length: 0')
      expect((await wire.closed()).length).to.equal(0)
    })
    const { socket, line } = gatedSocket(peer.url)
    socket.resume()
    const { head, told } = announced(line, 3)
    socket.write(`${head}abc`, 'latin1')
    await once(socket, 'connect')
    await turn()
    clock.tick(1000)
    await told.until('final 201')
    socket.destroy()
    expect(told.events.filter((event) => event.startsWith('release'))).to.eql([
      'release by timeout',
    ])
    await peer.done
  })

  const ends = [
    { what: 'the go-ahead', says: 'HTTP/1.1 100 Continue', told: 'release by continue' },
    { what: 'a refusal', says: 'HTTP/1.1 413 No', told: 'final 413 withheld' },
    { what: 'a 200', says: 'HTTP/1.1 200 OK', told: 'final 200 withheld' },
    { what: 'the end of the connection', says: null, told: null },
  ]
  for (const end of ends) {
    it(`leaves no timer behind after ${end.what}`, async () => {
      // The runner arms its own timer once the spec's function has returned.
      await turn()
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
      const { socket, line } = gatedSocket(peer.url)
      // undici does the same when the other side has ended.
      socket.on('end', () => socket.destroy()).resume()
      const { head, told } = announced(line, 3, { continueTimeout: 60_000 })
      socket.write(`${head}abc`, 'latin1')
      await told.until('interim 103')
      const during = timers()
      measured.raise()
      if (end.told === null) await closing(socket)
      else await told.until(end.told)
      const after = timers()
      socket.destroy()
      expect({ during, after }).to.eql({ during: before + 1, after: before })
      await peer.done
    })
  }

  const verdicts: { says: Step; what: string; told: string; others: string }[] = [
    { says: goAhead, what: 'a 100', told: 'release by continue', others: 'release by timeout' },
    {
      says: answer('417 Expectation Failed'),
      what: 'a 417',
      told: 'final 417 withheld',
      others: 'release',
    },
    {
      says: answer('413 Content Too Large'),
      what: 'a 413',
      told: 'final 413 withheld',
      others: 'release',
    },
  ]
  for (const { says, what, told: wanted, others } of verdicts) {
    it(`heeds ${what} that came in time, when the event loop comes round too late`, async () => {
      const peer = await originElsewhere([{ do: 'head' }, says, { do: 'count' }, { do: 'closed' }])
      const { socket, line } = gatedSocket(peer.url)
      socket.resume()
      await once(socket, 'connect')
      const { head, told } = announced(line, 3, { continueTimeout: 20 })
      socket.write(`${head}abc`, 'latin1')
      const due = performance.now() + 20
      peer.blockUntil(1)
      while (performance.now() <= due);
      await told.until(wanted)
      expect(told.events.filter((event) => event.startsWith(others))).to.eql([])
    })
  }

  it('passes the error of a write on, when no response comes in time', async () => {
    const clock = standingClock()
    const peer = await originElsewhere([{ do: 'head' }, { do: 'reset' }, { do: 'count' }])
    const { socket, line } = gatedSocket(peer.url)
    // As long as nobody reads, only a write can tell that the other side is gone.
    socket.pause()
    const failures: NodeJS.ErrnoException[] = []
    socket.on('error', (error) => failures.push(error))
    await once(socket, 'connect')
    const { head, told } = announced(line, 6, { asks: false, rescueTimeout: 300 })
    socket.write(`${head}abc`, 'latin1')
    peer.blockUntil(1)
    socket.write('def', 'latin1')
    // What comes in one go leaves at the end of it.
    await turn()
    expect(told.events.at(-1)).to.match(/^rescue (ECONNRESET|EPIPE)$/)

    clock.tick(299)
    await turn()
    await turn()
    expect(failures).to.eql([])
    clock.tick(1)
    await closing(socket)
    expect(failures.map(({ code }) => `rescue ${code}`)).to.eql([told.events.at(-1)])
  })

  it('passes an error that tells nothing of the peer on at once', async () => {
    const clock = standingClock()
    const peer = await origin(async (wire) => {
      await wire.head()
      await wire.closed()
    })
    const { socket, line } = gatedSocket(peer.url)
    const failed = once(socket, 'error')
    await once(socket, 'connect')
    const { head, told } = announced(line, 6, { asks: false })
    socket.write(`${head}abc`, 'latin1')
    socket.destroy(new Error('the reason'))
    socket.write('def', 'latin1')
    expect(await failed).to.have.nested.property('0.message', 'the reason')
    expect(told.events.filter((event) => event.startsWith('rescue'))).to.eql([])
    expect(clock.countTimers()).to.equal(0)
    await peer.done
  })
})
