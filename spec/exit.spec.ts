import { expect } from 'chai'
import { startChild } from './support/child.ts'
import { origin, type Script } from './support/origin.ts'
import type { Wire } from './support/wire.ts'

/** Answers, and keeps the connection open until the client closes it. */
async function answer(wire: Wire, status: string): Promise<void> {
  wire.send(`HTTP/1.1 ${status}`, 'connection: keep-alive', 'content-length: 4')
  wire.raw('done')
  await wire.closed()
}

const take: Script = async (wire) => {
  await wire.content(await wire.head())
  await answer(wire, '201 Created')
}

const scripts: Record<string, Script[]> = {
  'sends a 100': [
    async (wire) => {
      const head = await wire.head()
      wire.send('HTTP/1.1 100 Continue')
      await wire.content(head)
      await answer(wire, '201 Created')
    },
  ],
  'is silent': [take],
  'answers 417': [
    async (wire) => {
      await wire.head()
      await answer(wire, '417 Expectation Failed')
    },
    take,
  ],
  'answers 413': [
    async (wire) => {
      await wire.head()
      await answer(wire, '413 Content Too Large')
    },
  ],
}

/** Milliseconds within which an idle process must exit. */
const bound = 1000

describe('a process that uploads once', () => {
  for (const face of ['upload', 'fetch', 'request']) {
    for (const [what, connections] of Object.entries(scripts)) {
      it(`exits by itself through ${face}, although an origin that ${what} keeps the connection open`, async () => {
        const peer = await origin(...connections)
        const child = startChild('once.ts', [peer.url, face])
        expect(await child.message()).to.eql({ read: 'done' })
        const watchdog = setTimeout(() => child.process.kill('SIGKILL'), bound)
        const exit = await child.exited
        clearTimeout(watchdog)
        expect(exit, child.process.killed ? 'it had to be killed' : 'its code').to.equal(0)
        await peer.done
      })
    }
  }
})
