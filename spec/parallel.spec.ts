import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { expect } from 'chai'
import { faces } from './support/all-faces.ts'
import { closeLater } from './support/closing.ts'
import { chunksOf, noise, sha256 } from './support/contents.ts'
import { listening } from './support/listening.ts'

const count = 200
const max = 8

interface Seen {
  /** The sha256 of each complete content, by path. */
  readonly contents: Map<string, string[]>
  refusals: number
}

/** Answers 417 to every other upload with an expectation, and else the sha256 of the content. */
async function server(): Promise<{ url: string; seen: Seen }> {
  const seen: Seen = { contents: new Map(), refusals: 0 }
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { url = '' } = request
    const sum = sha256(Buffer.concat(chunks))
    seen.contents.set(url, [...(seen.contents.get(url) ?? []), sum])
    response.writeHead(201).end(sum)
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    take(request, response).catch(() => response.destroy())
  }
  const http = createServer(onRequest).on('checkContinue', (request, response) => {
    if (Number(request.url?.slice(1)) % 2 === 1) {
      seen.refusals += 1
      response.writeHead(417, { 'content-length': 0 }).end()
      return
    }
    response.writeContinue()
    onRequest(request, response)
  })
  const port = await listening(http)
  return { url: `http://127.0.0.1:${port}`, seen }
}

/** Counts the open connections of undici, and their peak. */
function connections(): { open: number; peak: number } {
  const counts = { open: 0, peak: 0 }
  const listener = (message: unknown): void => {
    counts.open += 1
    counts.peak = Math.max(counts.peak, counts.open)
    const { socket } = message as { socket: Socket }
    socket.once('close', () => {
      counts.open -= 1
    })
  }
  subscribe('undici:client:connected', listener)
  closeLater(() => unsubscribe('undici:client:connected', listener))
  return counts
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield* chunksOf(bytes)
}

describe('concurrent uploads', () => {
  for (const face of faces) {
    it(`arrive complete and separate through ${face.name}, over ${max} connections`, async function () {
      this.timeout(60_000)
      const { url, seen } = await server()
      const counts = connections()
      const send = face.open({ connections: max, memory: false })
      const contents = Array.from({ length: count }, (_, index) =>
        noise(30_000 + index * 100, index + 1),
      )
      const outcomes = await Promise.all(
        contents.map((bytes, index) => send(`${url}/${index}`, once(bytes))),
      )

      const sums = contents.map(sha256)
      expect(new Set(sums).size, 'different contents').to.equal(count)
      expect(outcomes.map(({ status, text }) => `${status} ${text}`)).to.eql(
        sums.map((sum) => `201 ${sum}`),
      )
      const arrived = sums.map((_, index) => seen.contents.get(`/${index}`))
      expect(arrived).to.eql(sums.map((sum) => [sum]))
      expect(seen.refusals).to.equal(count / 2)
      expect(counts.peak).to.be.within(2, max)
    })
  }
})
