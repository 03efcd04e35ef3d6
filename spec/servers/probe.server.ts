import { expect } from 'chai'
import { type ProbeOptions, type ProbeReport, runProbe } from '../../lib/cli/probe/probing.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { firstsOf } from '../support/probed.ts'
import { type Http2Server, nghttpdServer, nginxServer } from './support/http2-servers.ts'
import { realServers } from './support/real/all.ts'
import { type Case, places } from './support/real/server.ts'

type Expected = Readonly<Partial<Record<Case, number | readonly number[]>>>

/**
 * The first answer for each case: a 100 or a final response. A final response directly after the 100 may be read
 * before content is sent, and then counts as the first.
 */
const answers: Readonly<Record<string, Expected>> = {
  'nginx, WebDAV': {
    accept: 100,
    'too large': 413,
    'no credentials': 401,
    'no such place': 405,
    moved: [100, 307],
  },
  'Apache httpd, WebDAV': {
    accept: 100,
    'too large': 413,
    'no credentials': 401,
    'no such place': 404,
    moved: 307,
  },
  'Apache httpd, WebDAV, TLS': {
    accept: 100,
    'too large': 413,
    'no credentials': 401,
    'no such place': 404,
    moved: 307,
  },
  'lighttpd, WebDAV': {
    accept: 100,
    'too large': 413,
    'no credentials': 401,
    'no such place': 404,
    moved: 307,
  },
  Node: {
    accept: 100,
    'too large': [100, 413],
    'no credentials': [100, 401],
    'no such place': [100, 404],
    moved: [100, 307],
  },
  'Node, checkContinue': {
    accept: 100,
    'too large': 413,
    'no credentials': 401,
    'no such place': 404,
    moved: 307,
  },
  'Node, 417 to all that ask': {
    accept: 417,
    'too large': 417,
    'no credentials': 417,
    'no such place': 417,
    moved: 417,
  },
}

async function probed(
  url: string,
  options: Partial<ProbeOptions> & { wait?: number },
): Promise<ProbeReport> {
  const { cert: ca } = await identity()
  // The wait may only run out with a silent server.
  const { wait = 60_000, ...rest } = options
  const question = { url: new URL(url), method: 'PUT', headers: [], size: 1_000_000, wait }
  return runProbe(question, {
    rounds: 3,
    agent: agentFor({ connect: { ca }, allowH2: true }),
    http1: agentFor({ connect: { ca }, allowH2: false }),
    tls: null,
    send: false,
    signal: new AbortController().signal,
    onProtocol: () => {},
    ...rest,
  })
}

describe('the command probe', () => {
  for (const [name, expected] of Object.entries(answers)) {
    it(`reports ${name} correctly`, async () => {
      const server = realServers.find((each) => each.name === name)
      const running = await server?.start()
      const scheme = server?.tls ? 'https' : 'http'
      for (const [what, statuses] of Object.entries(expected)) {
        const url = `${scheme}://127.0.0.1:${running?.port}${places[what as Case]}/x`
        const report = await probed(url, {})
        const right = [statuses].flat().map((status) => (status === 100 ? 'continue' : status))
        expect(report.protocols.map(({ protocol }) => protocol)).to.deep.equal(['HTTP/1.1'])
        for (const [, first] of firstsOf(report)) expect(first, what).to.be.oneOf(right)
      }
      expect(running?.stored('x')).to.deep.equal([])
    })
  }

  it('reports nginx correctly, which sends a 100 over HTTP/1.1 and is silent over HTTP/2', async () => {
    const server = await nginxServer()
    const report = await probed(`${server.url}/x`, { wait: 1000 })
    expect(firstsOf(report)).to.deep.equal([
      ['HTTP/2', 'silent'],
      ['HTTP/1.1', 'continue'],
    ])
    expect(firstsOf(await probed(`${server.url}/private`, {}))).to.deep.equal([
      ['HTTP/2', 401],
      ['HTTP/1.1', 401],
    ])
    expectNoContent(server)
  })

  it('reports nghttpd correctly, which supports HTTP/2 only', async () => {
    const server = await nghttpdServer()
    const report = await probed(`${server.url}/x`, {})
    expect(firstsOf(report)).to.deep.equal([
      ['HTTP/2', 'continue'],
      // It accepts the connection, and closes it at the request.
      ['HTTP/1.1', 'broken'],
    ])
    expectNoContent(server)
  })

  it('reports the redirect that nginx sends after its 100', async () => {
    const server = realServers.find(({ name }) => name === 'nginx, WebDAV')
    const running = await server?.start()
    const { remarks } = await probed(`http://127.0.0.1:${running?.port}/moved/x`, { tls: {} })
    expect(remarks?.map(({ code }) => code)).to.deep.equal(['final-after-100'])
  })
})

/** Allows for heads, frames and TLS. */
function expectNoContent({ wire }: Http2Server): void {
  const bytes = wire.connections.reduce((sum, connection) => sum + connection.bytes, 0)
  expect(bytes).to.be.below(20_000)
}
