import { createWriteStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect } from 'chai'
import { chunksOf, noise } from '../support/contents.ts'
import { ownFaces } from '../support/faces.ts'
import { listening } from '../support/listening.ts'

const bytes = noise(20_000_000)

/** What an origin does with the connection after it answered that its disk is full. */
const endings: Record<string, (request: IncomingMessage) => void> = {
  'reads on': (request) => request.resume(),
  closes: (request) => request.socket.end(),
  resets: (request) => setImmediate(() => request.socket.resetAndDestroy()),
}

/** An origin that writes content to a full disk. */
async function fullOrigin(
  end: (request: IncomingMessage) => void,
): Promise<{ url: string; complete(): number }> {
  let complete = 0
  const store = (request: IncomingMessage, response: ServerResponse): void => {
    const file = createWriteStream('/dev/full')
    request.on('error', () => {})
    request.on('end', () => {
      if (request.complete) complete += 1
    })
    file.on('error', (error: NodeJS.ErrnoException) => {
      request.unpipe(file)
      response.writeHead(507).end(error.code, () => end(request))
    })
    request.pipe(file)
  }
  const server = createServer(store).on('checkContinue', (request, response) => {
    response.writeContinue()
    store(request, response)
  })
  const port = await listening(server)
  return { url: `http://127.0.0.1:${port}/`, complete: () => complete }
}

async function* chunks(): AsyncGenerator<Buffer> {
  yield* chunksOf(bytes, 100)
}

for (const face of ownFaces) {
  describe(`an origin whose disk is full, to an upload through ${face.name}`, () => {
    for (const [ending, end] of Object.entries(endings)) {
      for (const [kind, content] of Object.entries({
        replayable: () => bytes,
        'one-shot': chunks,
      })) {
        for (const expectation of ['always', 'never'] as const) {
          const how = expectation === 'always' ? 'with an expectation' : 'unasked'
          it(`answers 507 in mid-content and ${ending} (${kind}, ${how})`, async () => {
            const origin = await fullOrigin(end)
            const send = face.open({ expect: expectation, continueTimeout: 60_000 })
            const { status, text, report } = await send(origin.url, content())
            expect(status).to.equal(507)
            expect(text).to.equal('ENOSPC')
            expect(report?.attempts.length ?? 1).to.equal(1)
            expect(origin.complete()).to.equal(0)
          })
        }
      }
    }
  })
}
