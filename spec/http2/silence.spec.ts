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

  it('is told after a GOAWAY, too', async () => {
    const frames: string[] = []
    const goaway = frame(7, 0, 0, Buffer.from([0, 0, 0, 3, 0, 0, 0, 0]))
    const origin = await framesOrigin((text, send) => {
      frames.push(text)
      // The ack sends the PING of the second upload on its way, or what takes its place.
      if (text === 'PING 0') send(goaway, frame(6, 1, 0, Buffer.alloc(8)))
      if (text === 'SETTINGS 0' && frames.includes('PING 0')) send(frame(4, 1, 0))
      const [type, stream, ends] = text.split(' ')
      if (type === 'DATA' && ends !== undefined) send(ok(Number(stream)))
    })
    const dispatcher = agentFor({ ...agentOptions, continueTimeout: 600_000, ...origin.trust })
    const sent = ['first', 'second'].map((path) =>
      upload(`${origin.url}/${path}`, bytes, { dispatcher }),
    )
    for (const { report } of await Promise.all(sent)) {
      expect(report).to.include({ outcome: 'silent', sentBytes: bytes.length })
    }
    expect(frames.filter((text) => text === 'PING 0')).to.have.length(1)
  })

  it('lasts no longer than the wait where the ack does not come', async () => {
    const origin = await framesOrigin((text, send) => {
      if (text === 'DATA 1 END_STREAM') send(ok(1))
    })
    const dispatcher = agentFor({ ...agentOptions, continueTimeout: 300, ...origin.trust })
    const { report } = await upload(origin.url, bytes, { dispatcher })
    expect(report).to.include({ outcome: 'silent', sentBytes: bytes.length })
    expect(report.waitedMs).to.be.at.least(299)
  })
})

/** An HTTP/2 frame (RFC 9113, section 4.1). */
function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** `:status` 200, from the static table (RFC 7541, appendix A), and the end of the stream. */
function ok(stream: number): Buffer {
  return frame(1, 5, stream, Buffer.from([0x88]))
}

type Send = (...frames: Buffer[]) => void

/** An origin that speaks HTTP/2 by frames, and says by itself no more than its SETTINGS. */
async function framesOrigin(
  play: (text: string, send: Send) => void,
): Promise<{ url: string; trust: { connect: { ca: string } } }> {
  const secret = await identity()
  const server = createServer({ ...secret, ALPNProtocols: ['h2'] }, (socket) => {
    const send: Send = (...frames) => void socket.write(Buffer.concat(frames))
    send(frame(4, 0, 0), frame(4, 1, 0))
    const reader = new FrameReader((text) => play(text, send))
    socket.on('data', (chunk: Buffer) => reader.read(chunk))
    socket.on('error', () => {})
  })
  const url = `https://127.0.0.1:${await listening(server)}`
  return { url, trust: { connect: { ca: secret.cert } } }
}
