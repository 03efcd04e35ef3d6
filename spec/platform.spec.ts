import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { startChild } from './support/child.ts'
import type { Printed } from './support/children/platform.ts'
import { closeLater } from './support/closing.ts'

const versions: Record<string, readonly string[]> = {
  'Node 22': ['npx', '-y', 'node@22'],
  'Node 24': [process.execPath],
  'Node 26': ['npx', '-y', 'node@26'],
}
const ways = ['global-dispatcher', 'init-dispatcher', 'own-fetch', 'upload']
const kinds = ['buffer', 'stream']

/** What the server saw of each path: its heads, and how much content, all of it "a". */
type Seen = Record<string, string[]>

/** Answers by the first part of the path: go, silent, 417 or 413. */
async function server(): Promise<{ url: string; seen: Seen }> {
  const seen: Seen = {}
  const note = (request: IncomingMessage, what: string): void => {
    const { url = '' } = request
    seen[url] = [...(seen[url] ?? []), what]
  }
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let length = 0
    for await (const chunk of request) {
      if (!(chunk as Buffer).every((byte) => byte === 0x61)) note(request, 'foreign bytes')
      length += (chunk as Buffer).length
    }
    note(request, `content ${length}`)
    response.writeHead(201).end('taken')
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const asked = request.headers.expect === '100-continue'
    note(request, asked ? 'asked' : 'unasked')
    const answer = request.url?.split('/')[1]
    const refused = answer === '413' || (answer === '417' && asked)
    if (refused) {
      response.writeHead(Number(answer), { 'content-length': 2 }).end('no')
      return
    }
    if (answer === 'go' && asked) response.writeContinue()
    take(request, response).catch((error) => note(request, String(error)))
  }
  const http = createServer(onRequest).on('checkContinue', onRequest)
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
  closeLater(() => {
    http.closeAllConnections()
    return new Promise((closed) => http.close(closed))
  })
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, seen }
}

const taken = { status: 201, text: 'taken' }
const expected: Record<string, { outcome: Omit<Printed, 'path'>; seen: string[] }> = {
  go: { outcome: taken, seen: ['asked', 'content 1200000'] },
  silent: { outcome: taken, seen: ['asked', 'content 1200000'] },
  417: { outcome: taken, seen: ['asked', 'unasked', 'content 1200000'] },
  413: { outcome: { status: 413, text: 'no' }, seen: ['asked'] },
}

describe('the built-in fetch', () => {
  for (const [version, command] of Object.entries(versions)) {
    it(`of ${version} asks with an ExpectAgent, and so do fetch and upload on it`, async function () {
      this.timeout(60_000)
      const { url, seen } = await server()
      const child = startChild('platform.ts', [url], command)
      const printed: Printed[] = JSON.parse(await child.printed)
      const wanted: Record<string, unknown> = {}
      for (const way of ways) {
        for (const [answer, outcome] of Object.entries(expected)) {
          for (const kind of kinds) wanted[`/${answer}/${way}/${kind}`] = outcome
        }
      }
      const came = printed.map(({ path, ...outcome }) => [path, { outcome, seen: seen[path] }])
      expect(Object.fromEntries(came)).to.eql(wanted)
    })
  }
})
