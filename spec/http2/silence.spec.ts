import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { ack, framesOrigin, goaway, head } from '../support/frames-origin.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'

const bytes = noise(10_000)

const take: Play = (request, response) => {
  request.resume()
  request.on('end', () => response.end())
}

const agentOptions = { expect: 'always', allowH2: true } as const

describe('a silent origin over HTTP/2', () => {
  it('is detected by the ack of a PING, long before the wait ends', async () => {
    const front = await tlsFront(['h2'], take)
    const connect = { ca: front.ca }
    const dispatcher = agentFor({ ...agentOptions, continueTimeout: 600_000, connect })
    const { report } = await upload(front.url, bytes, { dispatcher })
    expect(report).to.include({ outcome: 'silent', sentBytes: bytes.length })
    const order = front.frames.filter((frame) => /^(HEADERS 1|PING|DATA 1)/.test(frame))
    expect(order[0]).to.match(/^HEADERS 1/)
    expect(order[1]).to.match(/^PING/)
    expect(order[2]).to.match(/^DATA 1/)
  })

  it('is detected for many uploads with one PING at a time', async () => {
    const front = await tlsFront(['h2'], take)
    const connect = { ca: front.ca }
    const dispatcher = agentFor({ ...agentOptions, continueTimeout: 600_000, connect })
    const uploads = Array.from({ length: 50 }, () => upload(front.url, bytes, { dispatcher }))
    for (const { report } of await Promise.all(uploads)) {
      expect(report).to.include({ outcome: 'silent', sentBytes: bytes.length })
    }
    expect(front.connections).to.equal(1)
    expect(front.frames.filter((frame) => frame.startsWith('PING')).length).to.be.below(50)
  })

  it('is also detected after a GOAWAY', async () => {
    const frames: string[] = []
    const origin = await framesOrigin((text, send) => {
      frames.push(text)
      // The ack releases the PING of the second upload, or what replaces it.
      if (text === 'PING 0') send(goaway(3, 0), ack('PING'))
      if (text === 'SETTINGS 0' && frames.includes('PING 0')) send(ack('SETTINGS'))
      const [type, stream, ends] = text.split(' ')
      if (type === 'DATA' && ends !== undefined) send(head(Number(stream), 200, true))
    })
    const connect = { ca: origin.ca }
    const dispatcher = agentFor({ ...agentOptions, continueTimeout: 600_000, connect })
    const sent = ['first', 'second'].map((path) =>
      upload(`${origin.url}/${path}`, bytes, { dispatcher }),
    )
    for (const { report } of await Promise.all(sent)) {
      expect(report).to.include({ outcome: 'silent', sentBytes: bytes.length })
    }
    expect(frames.filter((text) => text === 'PING 0')).to.have.length(1)
  })

  it('is detected at the end of the wait if no ack arrives', async () => {
    const origin = await framesOrigin((text, send) => {
      if (text === 'DATA 1 END_STREAM') send(head(1, 200, true))
    })
    const connect = { ca: origin.ca }
    const dispatcher = agentFor({ ...agentOptions, continueTimeout: 300, connect })
    const { report } = await upload(origin.url, bytes, { dispatcher })
    expect(report).to.include({ outcome: 'silent', sentBytes: bytes.length })
    expect(report.waitedMs).to.be.at.least(299)
  })
})
