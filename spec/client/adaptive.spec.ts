import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import type { AttemptReport, UploadReport } from '../../lib/report/report.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { agentFor } from '../support/faces.ts'
import { origin, type Script } from '../support/origin.ts'
import type { Wire } from '../support/wire.ts'

const created = ['HTTP/1.1 201 Created', 'content-length: 0'] as const
const goAhead = 'HTTP/1.1 100 Continue'

type Turn = (wire: Wire) => Promise<void>

const going: Turn = async (wire) => {
  const head = await askedHead(wire)
  wire.send(goAhead)
  await wire.content(head)
  wire.send(...created)
}

const goingTwice: Turn = async (wire) => {
  const head = await askedHead(wire)
  wire.send(goAhead)
  wire.send(goAhead)
  await wire.content(head)
  wire.send(...created)
}

const silent: Turn = async (wire) => {
  await wire.content(await askedHead(wire))
  wire.send(...created)
}

const late: Turn = async (wire) => {
  await wire.content(await askedHead(wire))
  wire.send(goAhead)
  wire.send(...created)
}

const unasked: Turn = async (wire) => {
  const head = await wire.head()
  expect(head).not.to.match(/^expect:/im)
  await wire.content(head)
  wire.send(...created)
}

async function askedHead(wire: Wire): Promise<string> {
  const head = await wire.head()
  expect(head).to.match(/^expect: 100-continue\r$/im)
  return head
}

/** Makes one upload per turn, one after the other, on one connection. */
async function play(
  turns: readonly Turn[],
  known: readonly number[] = [],
  options: object = { continueTimeout: 'adaptive' },
): Promise<{ reports: UploadReport[]; last: AttemptReport[]; memory: RouteMemory; route: string }> {
  const script: Script = async (wire) => {
    for (const turn of turns) await turn(wire)
  }
  const peer = await origin(script)
  const route = new URL(peer.url).origin
  const memory = new RouteMemory()
  for (const time of known) memory.measured(route, time)
  const dispatcher = agentFor({ memory, threshold: 1, connections: 1, ...options })
  const reports: UploadReport[] = []
  for (const _turn of turns) {
    const { response, report } = await upload(peer.url, 'abc', { dispatcher })
    expect(response.status).to.equal(201)
    reports.push(report)
  }
  await peer.done
  const last = reports.flatMap(({ attempts }) => attempts.slice(-1))
  return { reports, last, memory, route }
}

describe("continueTimeout: 'adaptive'", () => {
  it('waits for the full time if nothing is known, and then as long as was measured', async () => {
    const { last, memory, route } = await play([going, going])
    const [first = 0] = memory.times(route)
    expect(last.map(({ waitLimitMs }) => waitLimitMs)).to.deep.equal([1000, 300 + 4 * first])
    expect(memory.times(route)).to.have.length(2)
  })

  it('uses the longest known time', async () => {
    const { last } = await play([going], [10, 40, 20])
    expect(last.map(({ waitLimitMs }) => waitLimitMs)).to.deep.equal([460])
  })

  it('uses what is known when the head is written, not when the upload is made', async () => {
    const peer = await origin(async (wire) => {
      await going(wire)
      await going(wire)
    })
    const memory = new RouteMemory()
    const options = { memory, threshold: 1, connections: 1, continueTimeout: 'adaptive' } as const
    const dispatcher = agentFor(options)
    const made = ['abc', 'abc'].map((content) => upload(peer.url, content, { dispatcher }))
    const reports = (await Promise.all(made)).map(({ report }) => report)
    const [first = 0] = memory.times(new URL(peer.url).origin)
    const limits = reports.map(({ attempts }) => attempts[0]?.waitLimitMs)
    expect(limits).to.deep.equal([1000, 300 + 4 * first])
    await peer.done
  })

  it('waits for the full time without a memory', async () => {
    const options = { continueTimeout: 'adaptive', memory: false }
    const { last } = await play([going, going], [], options)
    expect(last.map(({ waitLimitMs }) => waitLimitMs)).to.deep.equal([1000, 1000])
  })

  it('counts two 100s as one', async () => {
    const { memory, route } = await play([goingTwice])
    expect(memory.times(route)).to.have.length(1)
  })

  it('measures no time of a 100 without an expectation, but forgets the 417', async () => {
    const peer = await origin(async (wire) => {
      const head = await wire.head()
      wire.send(goAhead)
      await wire.content(head)
      wire.send(...created)
    })
    const memory = new RouteMemory()
    memory.remember(new URL(peer.url).origin, '417')
    await upload(peer.url, 'abc', { dispatcher: agentFor({ memory, threshold: 1 }) })
    expect(memory.list()).to.deep.equal([])
    await peer.done
  })

  it('does not mark the route as silent after a short wait; the next wait is full', async () => {
    const { reports, last, memory, route } = await play([silent, silent, unasked], [0])
    expect(reports.map(({ outcome }) => outcome)).to.deep.equal(['silent', 'silent', 'not-asked'])
    expect(last.map(({ waitLimitMs }) => waitLimitMs)).to.deep.equal([300, 1000, 0])
    expect(reports[2]?.reason).to.equal('remembered-silent')
    expect(memory.recall(route)).to.deep.equal(['silent'])
  })

  it('learns the time of a 100 after the wait, and waits longer', async () => {
    const { reports, last, memory, route } = await play([late, going], [0])
    expect(reports.map(({ outcome }) => outcome)).to.deep.equal(['silent', 'continued'])
    const [duration = 0] = memory.times(route)
    expect(duration).to.be.at.least(last[0]?.waitedMs ?? Number.POSITIVE_INFINITY)
    const longer = Math.min(300 + 4 * duration, 3000)
    expect(last.map(({ waitLimitMs }) => waitLimitMs)).to.deep.equal([300, longer])
    expect(memory.recall(route)).to.deep.equal([])
  })

  it('learns the time of a 100 after the full wait', async () => {
    const { reports, last, memory, route } = await play([late, going])
    expect(reports.map(({ outcome }) => outcome)).to.deep.equal(['silent', 'continued'])
    const [duration = 0] = memory.times(route)
    expect(duration).to.be.at.least(1000)
    expect(last[1]?.waitLimitMs).to.equal(3000)
    expect(memory.recall(route)).to.deep.equal([])
  })
})

describe('a wait in milliseconds', () => {
  it('is used regardless of measured times, and times are still measured', async () => {
    const { last, memory, route } = await play([going, going], [500], { continueTimeout: 4000 })
    expect(last.map(({ waitLimitMs }) => waitLimitMs)).to.deep.equal([4000, 4000])
    expect(memory.times(route)).to.have.length(3)
  })

  it('that runs out marks the route as silent, regardless of measured times', async () => {
    const { memory, route, last } = await play([silent, unasked], [1], { continueTimeout: 20 })
    expect(memory.recall(route)).to.deep.equal(['silent'])
    expect(last.map(({ waitLimitMs }) => waitLimitMs)).to.deep.equal([20, 0])
  })
})
