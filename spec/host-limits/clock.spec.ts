import { install } from '@sinonjs/fake-timers'
import { expect } from 'chai'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { ownFaces } from '../support/faces.ts'

const year = 31_536_000_000

/** Changes the system clock, but not monotonic clocks. */
function clockThatJumps(): (milliseconds: number) => void {
  const clock = install({ toFake: ['Date'], now: Date.now() })
  closeLater(() => clock.uninstall())
  return (milliseconds) => clock.setSystemTime(Date.now() + milliseconds)
}

describe('a clock that jumps', () => {
  for (const [where, milliseconds] of Object.entries({ ahead: year, back: -year })) {
    for (const face of ownFaces) {
      it(`${where} by a year ends no wait and no timeout, through ${face.name}`, async () => {
        const jump = clockThatJumps()
        const origin = await startOrigin({
          mode: () => {
            jump(milliseconds)
            return 'go'
          },
        })
        closeLater(() => origin.close())
        const hours = 3_600_000
        const timeouts = { stall: hours, headers: hours, body: hours, total: hours }
        const send = face.open({ expect: 'always', continueTimeout: hours, timeouts })
        const { status, report } = await send(origin.url, 'content')
        expect(status).to.equal(201)
        if (report !== undefined) {
          expect(report.outcome).to.equal('continued')
          expect(report.waitedMs).to.be.within(0, hours)
        }
      })
    }

    it(`${where} by a year expires what is known of a route, which can be learned again`, () => {
      const memory = new RouteMemory()
      memory.remember('a route', 'silent')
      clockThatJumps()(milliseconds)
      expect(memory.recall('a route')).to.deep.equal([])
      memory.remember('a route', 'silent')
      expect(memory.recall('a route')).to.deep.equal(['silent'])
    })
  }
})
