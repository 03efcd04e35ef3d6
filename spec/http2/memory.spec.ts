import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { RouteMemory } from '../../lib/routes/memory.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

const bytes = noise(10_000)

const take: Play = (request, response) => {
  request.resume()
  request.on('end', () => response.end())
}

const refuseExpectation: Play = (request, response, asked) => {
  if (!asked) return take(request, response, asked)
  response.statusCode = 417
  response.end()
}

const refuse: Play = (_request, response) => {
  response.statusCode = 413
  response.end()
}

const asking = { threshold: 1, continueTimeout: 30 }

describe('the route memory over HTTP/2', () => {
  it('prevents another expectation to an origin that answers 417', async () => {
    const front = await tlsFront(['h2'], refuseExpectation)
    const memory = new RouteMemory()
    const connect = { ca: front.ca }
    const dispatcher = agentFor({ ...asking, allowH2: true, memory, connect })
    const { report } = await upload(front.url, bytes, { dispatcher })
    expect(report).to.include({ asked: true, reason: 'threshold' })
    const next = await upload(front.url, bytes, { dispatcher })
    expect(next.report).to.include({ asked: false, reason: 'remembered-417' })
    expect(front.connections).to.equal(1)
    expect(memory.list().map(({ route }) => route)).to.eql([`${front.url} (HTTP/2)`])
  })

  it('allows another expectation to a silent origin', async () => {
    const front = await tlsFront(['h2'], take)
    const connect = { ca: front.ca }
    const dispatcher = agentFor({ ...asking, allowH2: true, connect })
    for (const time of ['first', 'second']) {
      const { report } = await upload(front.url, bytes, { dispatcher })
      expect(report, time).to.include({ asked: true, reason: 'threshold', outcome: 'silent' })
    }
  })

  it('is separate from that of HTTP/1.1', async () => {
    const front = await tlsFront(['h2', 'http/1.1'], refuseExpectation)
    const memory = new RouteMemory()
    const connect = { ca: front.ca }
    const over2 = agentFor({ ...asking, memory, allowH2: true, connect })
    const over1 = agentFor({ ...asking, memory, allowH2: false, connect })
    await upload(front.url, bytes, { dispatcher: over2 })
    const { report } = await upload(front.url, bytes, { dispatcher: over1 })
    expect(report).to.include({ asked: true, outcome: 'replayed' })
    for (const dispatcher of [over1, over2]) {
      const { report } = await upload(front.url, bytes, { dispatcher })
      expect(report).to.include({ asked: false, reason: 'remembered-417' })
    }
    const routes = memory.list().map(({ route }) => route)
    expect(routes).to.have.members([front.url, `${front.url} (HTTP/2)`])
  })

  it('sends an expectation for small uploads after a refusal over HTTP/1.1', async () => {
    const front = await tlsFront(['h2', 'http/1.1'], refuse)
    const memory = new RouteMemory()
    const connect = { ca: front.ca }
    const over1 = agentFor({ ...asking, memory, allowH2: false, connect })
    await upload(front.url, bytes, { dispatcher: over1 })
    const over2 = agentFor({ memory, allowH2: true, connect })
    const { report } = await upload(front.url, 'small', { dispatcher: over2 })
    expect(report).to.include({ asked: true, reason: 'remembered-refusal', sentBytes: 0 })
    expect(report.attempts[0]).to.include({ httpVersion: '2.0' })
  })
})
