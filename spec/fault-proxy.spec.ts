import { connect, createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import { closeLater } from './support/closing.ts'
import { noise } from './support/contents.ts'
import { type Faults, startFaultProxy } from './support/fault-proxy.ts'
import { listening } from './support/listening.ts'
import { Random } from './support/random.ts'
import type { Direction } from './support/relay.ts'
import { Wire } from './support/wire.ts'

/** Both ends of a connection through a proxy with these faults. */
interface Ends {
  readonly client: Wire
  readonly origin: Wire
}

/** Connects through a proxy; each end may send after the other has ended. */
async function through(faults: Partial<Faults>): Promise<Ends> {
  const server = createServer({ allowHalfOpen: true })
  const port = await listening(server)
  const proxy = await startFaultProxy(port, () => ({ up: {}, down: {}, ...faults }))
  closeLater(() => proxy.close())
  const accepted = new Promise<Socket>((accept) => server.once('connection', accept))
  const at = { port: Number(new URL(proxy.url).port), host: '127.0.0.1', allowHalfOpen: true }
  const ends = [connect(at), await accepted] as const
  for (const socket of ends) closeLater(() => socket.destroy())
  return { client: new Wire(ends[0], 0), origin: new Wire(ends[1], 0) }
}

const bytes = noise(300_000)

describe('the fault proxy', () => {
  const harmless: Record<string, Direction> = {
    nothing: {},
    'single bytes': { segment: 1, segments: 50 },
    'a delay': { gapMs: 2 },
    'a slow line': { bytesPerMs: 50_000 },
    'a stall': { cut: { kind: 'stall', after: 1000, ms: 5 } },
  }
  for (const [name, direction] of Object.entries(harmless)) {
    it(`passes on all bytes in both directions with ${name}`, async () => {
      const { client, origin } = await through({ up: direction, down: direction })
      client.raw(bytes)
      client.end()
      origin.raw(await origin.closed())
      origin.end()
      expect((await client.closed()).equals(bytes)).to.equal(true)
    })
  }

  it('splits bytes that were written at once', async () => {
    const { client, origin } = await through({ up: { segment: 1, segments: 3 } })
    const sizes: number[] = []
    origin.socket.on('data', (chunk: Buffer) => sizes.push(chunk.length))
    client.raw('abcdef')
    client.end()
    expect((await origin.closed()).toString()).to.equal('abcdef')
    expect(sizes.length).to.be.above(1)
  })

  for (const after of [0, 1, 1000, 299_999]) {
    it(`ends one direction after ${after} bytes`, async () => {
      const { client, origin } = await through({ up: { cut: { kind: 'half-close', after } } })
      client.raw(bytes)
      expect((await origin.closed()).equals(bytes.subarray(0, after))).to.equal(true)
      origin.raw('answered')
      origin.end()
      expect((await client.closed()).toString()).to.equal('answered')
    })

    it(`resets the connection after ${after} bytes`, async () => {
      const { client, origin } = await through({ up: { cut: { kind: 'reset', after } } })
      let code: string | undefined
      client.socket.on('error', (error: NodeJS.ErrnoException) => {
        code = error.code
      })
      client.raw(bytes)
      await client.closed()
      expect(code).to.be.oneOf(['ECONNRESET', 'EPIPE'])
      const got = await origin.closed()
      expect(got.length).to.be.at.most(after)
      expect(got.equals(bytes.subarray(0, got.length))).to.equal(true)
    })
  }

  for (const kind of ['drop', 'stop'] as const) {
    it(`passes on neither bytes nor the end after a ${kind}`, async () => {
      const { client, origin } = await through({ up: { cut: { kind, after: 3 } } })
      let ended = false
      origin.socket.on('end', () => {
        ended = true
      })
      client.raw('abcdef')
      client.end()
      expect((await origin.bytes(3)).toString()).to.equal('abc')
      origin.raw('go on')
      expect((await client.bytes(5)).toString()).to.equal('go on')
      expect(ended).to.equal(false)
    })
  }
})

describe('Random', () => {
  it('gives the same numbers for the same seeds, and others for others', () => {
    const first = (...seeds: number[]): number => new Random(...seeds).next()
    expect(first(1, 2)).to.equal(first(1, 2))
    expect(new Set([first(1, 2), first(2, 1), first(1), first(0), first(1, 2, 0)]).size).to.equal(5)
  })
})
