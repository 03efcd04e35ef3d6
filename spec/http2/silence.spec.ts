import { createServer } from 'node:tls'
import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { FrameReader } from '../support/frames.ts'
import { identity } from '../support/identity.ts'
import { listening, type Play, tlsFront } from '../support/tls-front.ts'

const bytes = noise(10_000)

const take: Play = (request, response) => {
  request.resume()
  request.on('end', () => response.end())
}

const agentOptions = { expect: 'always', allowH2: true } as const

describe('silence over HTTP/2', () => {
  it('is told by the ack of a PING, long before the wait is over', async () => {
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

  it('is told to many uploads by one PING at a time', async () => {
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

  it('lasts no longer than the wait where the ack does not come', async () => {
    const secret = await identity()
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
    const settingsAck = Buffer.from([0, 0, 0, 4, 1, 0, 0, 0, 0])
    // :status 200, from the static table (RFC 7541, appendix A), and the end of the stream.
    const ok = Buffer.from([0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88])
    const server = createServer({ ...secret, ALPNProtocols: ['h2'] }, (socket) => {
      socket.write(Buffer.concat([settings, settingsAck]))
      const reader = new FrameReader((text) => {
        if (text === 'DATA 1 END_STREAM') socket.write(ok)
      })
      socket.on('data', (chunk: Buffer) => reader.read(chunk))
      socket.on('error', () => {})
    })
    const url = `https://127.0.0.1:${await listening(server)}`
    const connect = { ca: secret.cert }
    const dispatcher = agentFor({ ...agentOptions, continueTimeout: 300, connect })
    const { report } = await upload(url, bytes, { dispatcher })
    expect(report).to.include({ outcome: 'silent', sentBytes: bytes.length })
    expect(report.waitedMs).to.be.at.least(299)
  })
})
