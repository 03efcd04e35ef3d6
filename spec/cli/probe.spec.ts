import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { main } from '../../lib/cli/main.ts'
import type { ProbeReport } from '../../lib/cli/probe/report.ts'
import { type OriginMode, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { type CrookedOptions, crooked } from '../support/crooked.ts'
import { temporaryFile } from '../support/files.ts'
import { FakeTerminal, run } from '../support/terminal.ts'
import { type Front, type Play, tlsFront } from '../support/tls-front.ts'

async function originOf(mode: OriginMode): Promise<TestOrigin> {
  const origin = await startOrigin({ mode })
  closeLater(() => origin.close())
  return origin
}

/** A server of Node's own, with a listener for requests that ask or without. */
async function nodeServer(asked?: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end())
  })
  if (asked !== undefined) server.on('checkContinue', asked)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closeLater(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

// Only where nobody answers may the wait run out.
const patient = ['--no-listen', '--continue-timeout', '60000']
const hasty = ['--no-listen', '--continue-timeout', '50']

async function probed(url: string, how: readonly string[]): Promise<ProbeReport> {
  const { status, out } = await run(['probe', `${url}/a`, '--json', ...how])
  expect(status).to.equal(0)
  return JSON.parse(out)
}

/** What the origin does over its first protocol, if it is the same each time. */
function verdictOf({ protocols }: ProbeReport): readonly unknown[] {
  const [first] = protocols
  expect(first?.behaviours).to.have.lengthOf(1)
  const { answer, status } = first?.behaviours[0] ?? {}
  return [first?.protocol, answer, status]
}

describe('the command probe', () => {
  for (const [mode, how, answer, status] of [
    ['go', patient, 'continue', null],
    ['silent', hasty, 'silent', null],
    [417, patient, 'final', 417],
    [413, patient, 'final', 413],
    [401, patient, 'final', 401],
    [{ status: 307, headers: { location: '/b' } }, patient, 'final', 307],
    [204, patient, 'final', 204],
    ['reset', patient, 'broken', null],
  ] as const) {
    it(`is right about an origin of mode ${JSON.stringify(mode)}, which gets no content`, async () => {
      const origin = await originOf(mode)
      const report = await probed(origin.url, [...how, '--rounds', '3'])
      expect(verdictOf(report)).to.deep.equal(['HTTP/1.1', answer, status])
      expect(report.protocols[0]?.behaviours[0]?.rounds).to.equal(3)
      expect(origin.requests.map(({ asked, bytes }) => [asked, bytes])).to.deep.equal(
        // Where a connection is torn down, each upload makes one fresh attempt.
        Array.from({ length: mode === 'reset' ? 6 : 3 }, () => [true, 0]),
      )
    })
  }

  for (const [setting, listener, how, answer, status] of [
    ['as it is', undefined, patient, 'continue', null],
    [
      'with a checkContinue that says go',
      (_request, response) => response.writeContinue(),
      patient,
      'continue',
      null,
    ],
    ['with a checkContinue that does nothing', () => {}, hasty, 'silent', null],
    [
      'with a checkContinue that answers 417',
      (_request, response) => response.writeHead(417).end(),
      patient,
      'final',
      417,
    ],
  ] satisfies [string, RequestListener | undefined, string[], string, number | null][]) {
    it(`is right about node's server ${setting}`, async () => {
      const report = await probed(await nodeServer(listener), how)
      expect(verdictOf(report)).to.deep.equal(['HTTP/1.1', answer, status])
    })
  }

  it('tells of each kind of answer, where rounds differ', async () => {
    let asked = 0
    const url = await nodeServer((_request, response) => {
      asked += 1
      if (asked % 3 === 0) response.writeHead(503).end()
      else response.writeContinue()
    })
    const { status, out } = await run(['probe', url, ...patient, '--rounds', '6'])
    expect(status).to.equal(0)
    expect(out).to.match(/^HTTP\/1\.1 {2}answers 100 in .*, 4 of 6 times\n {10}client: asks each/m)
    expect(out).to.match(
      /^ {10}refuses first with 503 in .*, 2 of 6 times\n {10}client: sends noth/m,
    )
  })

  it('sends the content in the end, if it may', async () => {
    const origin = await originOf(417)
    const { sent } = await probed(origin.url, [
      ...patient,
      '--rounds',
      '1',
      '--send',
      '--size',
      '70k',
    ])
    expect(sent).to.include({ status: 201 })
    expect(sent?.report).to.include({ outcome: 'replayed', sentBytes: 71_680 })
    const seen = origin.requests.map(({ asked, bytes }) => [asked, bytes])
    expect(seen).to.deep.equal([
      [true, 0],
      [true, 0],
      [false, 71_680],
    ])
  })

  it('asks with the method, the fields and the size it is given', async () => {
    const origin = await originOf('go')
    const how = ['-X', 'POST', '-H', 'X-Name: a: b', '--size', '5G', '--rounds', '1']
    const { status, out } = await run(['probe', `${origin.url}/a?secret`, ...patient, ...how])
    expect(status).to.equal(0)
    expect(out).to.include(`POST ${origin.url}/a\n`)
    const { method, path, headers } = origin.requests[0] ?? {}
    expect({ method, path }).to.deep.equal({ method: 'POST', path: '/a?secret' })
    expect(headers).to.include({ 'x-name': 'a: b', 'content-length': String(5 * 1024 ** 3) })
  })

  it('ends with 130 when it is cancelled while it waits', async () => {
    const terminal = new FakeTerminal()
    const url = await nodeServer(() => terminal.emit('SIGINT'))
    expect(await main(['probe', url, ...patient], terminal)).to.equal(130)
  })

  it('ends with 1 when nobody listens', async () => {
    const origin = await startOrigin()
    await origin.close()
    const { status, err } = await run(['probe', origin.url])
    expect(status).to.equal(1)
    expect(err).to.match(/^expect-continue: .*ECONNREFUSED/)
  })

  for (const [args, said] of [
    [[], "missing required argument 'url'"],
    [['nowhere'], "'nowhere' is no URL"],
    [['http://user:secret@127.0.0.1/'], 'the URL for 127.0.0.1 holds credentials'],
    [['http://127.0.0.1/', '-X', 'GET'], 'GET has no content to ask about'],
    [['http://127.0.0.1/', '--size', '0'], 'there is nothing to ask about'],
    [['http://127.0.0.1/', '--rounds', '0'], 'It must be 1 or more'],
  ] as const) {
    it(`ends with 2 and says why: ${args.join(' ')}`, async () => {
      const { status, out, err } = await run(['probe', ...args])
      expect([status, out]).to.deep.equal([2, ''])
      expect(err).to.include(said)
      expect(err).not.to.include('secret')
    })
  }
})

/** Takes what comes, and tells what it is asked about. */
const playing =
  (asked: Play): Play =>
  (request, response, asks) => {
    request.on('error', () => {}).resume()
    if (asks) asked(request, response, asks)
  }

const sayGo = playing((_request, response) => response.writeContinue())

describe('the command probe over TLS', () => {
  /** What comes first over each protocol, and that no content went over HTTP/2. */
  async function firsts(front: Front, how: readonly string[] = patient): Promise<unknown[]> {
    const cacert = temporaryFile()
    writeFileSync(cacert, front.ca)
    const { protocols } = await probed(front.url, [...how, '--cacert', cacert, '--rounds', '2'])
    if (front.frames.length > 0) await front.until(/^RST_STREAM 1 /)
    expect(front.frames.filter((frame) => frame.startsWith('DATA'))).to.deep.equal([])
    return protocols.map(({ protocol, behaviours: [{ answer, status } = {}, ...more], error }) => {
      expect(more).to.deep.equal([])
      return [protocol, error === null ? (status ?? answer) : 'not spoken']
    })
  }

  for (const [what, play, how, first] of [
    ['says go', sayGo, patient, 'continue'],
    ['is silent', playing(() => {}), hasty, 'silent'],
    ['answers 417', playing((_request, response) => response.writeHead(417).end()), patient, 417],
    ['refuses', playing((_request, response) => response.writeHead(403).end()), patient, 403],
    ['answers', playing((_request, response) => response.writeHead(200).end()), patient, 200],
  ] satisfies [string, Play, string[], unknown][]) {
    it(`asks over both protocols, without content, an origin that ${what}`, async () => {
      const front = await tlsFront(['h2', 'http/1.1'], play)
      expect(await firsts(front, how)).to.deep.equal([
        ['HTTP/2', first],
        ['HTTP/1.1', first],
      ])
      const asked = front.frames.filter((frame) => frame.startsWith('HEADERS'))
      expect(asked).to.deep.equal(['HEADERS 1', 'HEADERS 3'])
    })
  }

  it('tells of an origin that speaks HTTP/2 alone', async () => {
    const front = await tlsFront(['h2'], sayGo)
    expect(await firsts(front)).to.deep.equal([
      ['HTTP/2', 'continue'],
      ['HTTP/1.1', 'not spoken'],
    ])
  })

  it('speaks HTTP/1.1 alone where it is told so', async () => {
    const front = await tlsFront(['h2', 'http/1.1'], sayGo)
    expect(await firsts(front, [...patient, '--no-http2'])).to.deep.equal([
      ['HTTP/1.1', 'continue'],
    ])
    expect(front.frames).to.deep.equal([])
  })

  it('ends with 1 where it does not trust the origin', async () => {
    const { url } = await tlsFront(['h2'], sayGo)
    const { status, err } = await run(['probe', url])
    expect(status).to.equal(1)
    expect(err).to.match(/^expect-continue: .*self-signed/)
  })
})

const go = 'HTTP/1.1 100 Continue\r\n\r\n'
const created = 'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n'
const refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'

describe('what the command probe finds out of order', () => {
  for (const [what, sends, codes] of [
    ['nothing', { asked: go }, []],
    [
      'a banner',
      { first: '220 mail.example ESMTP\r\n', asked: '', unasked: '' },
      ['speaks-first', 'not-http'],
    ],
    ['a go-ahead nobody asked for', { asked: go, unasked: go + created }, ['stray-100']],
    ['two go-aheads', { asked: go + go }, ['repeated-100']],
    ['a refusal behind the go-ahead', { asked: go + refusal }, ['final-after-100']],
    [
      'a 417 nobody asked for',
      { asked: go, unasked: refusal.replace('403', '417') },
      ['unasked-417'],
    ],
    [
      'a go-ahead with content',
      { asked: 'HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\n' },
      ['interim-content'],
    ],
    ['bare line feeds', { asked: 'HTTP/1.1 100 Continue\n\n' }, ['bare-line-feed']],
    [
      '17 KiB of hints',
      { asked: `HTTP/1.1 103 Early Hints\r\nLink: ${'a'.repeat(1000)}\r\n\r\n`.repeat(17) },
      ['interim-overflow'],
    ],
    ['what is no HTTP', { asked: 'HTTP/2.0 hello\r\n\r\n' }, ['not-http']],
  ] satisfies [string, CrookedOptions, string[]][]) {
    it(`is ${what}`, async () => {
      const how = ['--rounds', '1', '--continue-timeout', '60000']
      const { remarks } = await probed(await crooked(sends), how)
      expect(remarks?.map(({ code }) => code)).to.deep.equal(codes)
    })
  }
})
