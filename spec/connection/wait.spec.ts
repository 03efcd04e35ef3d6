import { connect } from 'node:net'
import { type Clock, install } from '@sinonjs/fake-timers'
import { expect } from 'chai'
import { Wait } from '../../lib/connection/wait.ts'
import { closeLater } from '../support/closing.ts'
import { origin } from '../support/origin.ts'

function standingClock(): Clock {
  const toFake = ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] as const
  const clock = install({ toFake: [...toFake] })
  closeLater(() => clock.uninstall())
  return clock
}

describe('Wait', () => {
  it('ends one poll phase after its time, once', () => {
    const clock = standingClock()
    let ends = 0
    new Wait({ waited: () => ends++ }).start(1000)
    clock.tick(999)
    expect(clock.countTimers()).to.equal(1)
    // The timer is due with this tick. The immediate that it sets does not run in it.
    clock.next()
    expect(ends).to.equal(0)
    clock.next()
    expect(ends).to.equal(1)
    expect(clock.countTimers()).to.equal(0)
  })

  for (const [moment, turns] of [
    ['before its time is over', 0],
    ['between its time and the poll turn', 1],
  ] as const) {
    it(`does not end when it is stopped ${moment}`, () => {
      const clock = standingClock()
      let ends = 0
      const wait = new Wait({ waited: () => ends++ })
      wait.start(1000)
      for (let turn = 0; turn < turns; turn++) clock.next()
      wait.stop()
      expect(clock.countTimers()).to.equal(0)
      clock.runAll()
      expect(ends).to.equal(0)
    })
  }

  it('can be stopped when it was not started', () => {
    const clock = standingClock()
    let ends = 0
    const wait = new Wait({ waited: () => ends++ })
    wait.stop()
    wait.start(1)
    clock.runAll()
    wait.stop()
    wait.stop()
    expect(ends).to.equal(1)
  })

  it('can be started again after it was stopped', () => {
    const clock = standingClock()
    const ends: number[] = []
    const wait = new Wait({ waited: () => ends.push(clock.now) })
    wait.start(1000)
    wait.stop()
    wait.start(10)
    clock.runAll()
    expect(ends).to.have.length(1)
    expect(ends[0]).to.be.below(1000)
  })

  it('processes bytes that arrived in time first, even if the event loop is late', async () => {
    const order: string[] = []
    const peer = await origin(async (wire) => {
      await wire.until('go')
      wire.raw('x')
      // Now the byte is in the buffer of the other socket, and the timer is due before the poll.
      const ended = new Promise<void>((resolve) => {
        const waited = (): void => {
          order.push('the end of the wait')
          resolve()
        }
        new Wait({ waited }).start(1)
      })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
      await ended
    })
    const socket = connect(Number(new URL(peer.url).port), '127.0.0.1')
    closeLater(() => socket.destroy())
    socket.on('data', () => order.push('the byte'))
    socket.write('go')
    await peer.done
    expect(order).to.deep.equal(['the byte', 'the end of the wait'])
  })
})
