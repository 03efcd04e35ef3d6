import { createServer } from 'node:net'
import { expect } from 'chai'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'
import { openOrigin } from '../support/open-origin.ts'
import { Wire } from '../support/wire.ts'

const platform = globalThis.fetch as typeof fetch
const asking = { expect: 'always', continueTimeout: 60_000 } as const

/** The properties of an error and of its cause. */
function described(error: Error): object {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  return { name, message, cause: { name: cause?.name, code: cause?.code, text: cause?.message } }
}

/** The status and the text of a response, or the error. */
async function outcomeOf(call: typeof fetch, url: string, init: FetchInit): Promise<unknown> {
  return call(url, init).then(
    async (response) => [response.status, await response.text().catch(described)],
    (error) => described(error),
  )
}

const ok = (wire: Wire, ...fields: string[]): void => wire.send('HTTP/1.1 200 OK', ...fields)

/** What the origin does after it has read a head. */
const answers: Readonly<Record<string, (wire: Wire) => void>> = {
  'is reset': (wire) => wire.reset(),
  'is closed': (wire) => wire.end(),
  'sends bytes that are not HTTP': (wire) => {
    wire.raw('nonsense\r\n\r\n')
    wire.end()
  },
  'is closed in a head': (wire) => {
    wire.raw('HTTP/1.1 200 OK\r\nconte')
    wire.end()
  },
  'is closed in the content': (wire) => {
    ok(wire, 'content-length: 10')
    wire.raw('abc')
    wire.end()
  },
  'sends an invalid length': (wire) => ok(wire, 'content-length: x'),
  'sends too large a head': (wire) => ok(wire, `x-large: ${'a'.repeat(20_000)}`),
  'sends an invalid chunk': (wire) => {
    ok(wire, 'transfer-encoding: chunked')
    wire.raw('zz\r\n')
  },
  'sends content that is not gzip': (wire) => {
    ok(wire, 'content-encoding: gzip', 'content-length: 3')
    wire.raw('abc')
  },
  'sends a 101': (wire) => {
    wire.send('HTTP/1.1 101 Switching Protocols', 'upgrade: x', 'connection: upgrade')
  },
}

/** The same behaviour on every connection: a request with an expectation may make two. */
async function answering(answer: (wire: Wire) => void): Promise<string> {
  const server = createServer((socket) => {
    const wire = new Wire(socket, 0)
    wire.head().then(
      () => answer(wire),
      () => socket.destroy(),
    )
  })
  const port = await listening(server)
  return `http://127.0.0.1:${port}/`
}

const inits: Readonly<Record<string, FetchInit>> = {
  'a GET': {},
  'a PUT': { method: 'PUT', body: 'hello' },
  'a PUT with an expectation': { method: 'PUT', body: 'hello', ...asking },
}

describe('fetch', () => {
  for (const [name, answer] of Object.entries(answers)) {
    for (const [what, init] of Object.entries(inits)) {
      it(`fails like the platform's if the connection of ${what} ${name}`, async () => {
        const url = await answering(answer)
        const theirs = await outcomeOf(platform, url, init)
        const ours = await outcomeOf(fetch, url, { ...init, dispatcher: agentFor() })
        expect(ours).to.deep.equal(theirs)
      })
    }
  }

  it("fails like the platform's if no server listens", async () => {
    const origin = await openOrigin()
    const { url } = origin
    await origin.close()
    const init = { method: 'PUT', body: 'hello' }
    const ours = await outcomeOf(fetch, url, { ...init, dispatcher: agentFor() })
    expect(ours).to.deep.equal(await outcomeOf(platform, url, init))
    expect(ours).to.have.nested.property('cause.code', 'ECONNREFUSED')
  })
})
