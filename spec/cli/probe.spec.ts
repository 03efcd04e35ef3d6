import type { RequestListener } from 'node:http'
import { expect } from 'chai'
import { type OriginMode, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { firstsOf, hasty, nodeServer, patient, probed } from '../support/probed.ts'
import { httpProxy } from '../support/proxies.ts'
import { run } from '../support/terminal.ts'

async function originOf(mode: OriginMode): Promise<TestOrigin> {
  const origin = await startOrigin({ mode })
  closeLater(() => origin.close())
  return origin
}

describe('the command probe', () => {
  for (const [mode, how, first] of [
    ['go', patient, 'continue'],
    ['silent', hasty, 'silent'],
    [417, patient, 417],
    [413, patient, 413],
    [401, patient, 401],
    [{ status: 307, headers: { location: '/b' } }, patient, 307],
    [204, patient, 204],
    ['reset', patient, 'broken'],
  ] as const) {
    it(`reports an origin of mode ${JSON.stringify(mode)} correctly, and sends it no content`, async () => {
      const origin = await originOf(mode)
      const report = await probed(origin.url, [...how, '--rounds', '3'])
      expect(firstsOf(report)).to.deep.equal([['HTTP/1.1', first]])
      expect(report.protocols[0]?.behaviours[0]?.rounds).to.equal(3)
      expect(origin.requests.map(({ asked, bytes }) => [asked, bytes])).to.deep.equal(
        // After a reset, each upload makes one fresh attempt.
        Array.from({ length: mode === 'reset' ? 6 : 3 }, () => [true, 0]),
      )
    })
  }

  for (const [setting, listener, how, first] of [
    ['as it is', undefined, patient, 'continue'],
    [
      'whose checkContinue sends a 100',
      (_, response) => response.writeContinue(),
      patient,
      'continue',
    ],
    ['whose checkContinue does nothing', () => {}, hasty, 'silent'],
    [
      'whose checkContinue answers 417',
      (_, response) => response.writeHead(417).end(),
      patient,
      417,
    ],
  ] satisfies [string, RequestListener | undefined, readonly string[], unknown][]) {
    it(`reports node's server ${setting} correctly`, async () => {
      const report = await probed(await nodeServer(listener), how)
      expect(firstsOf(report)).to.deep.equal([['HTTP/1.1', first]])
    })
  }

  it('reports each kind of answer, if rounds differ', async () => {
    let asked = 0
    const url = await nodeServer((_request, response) => {
      asked += 1
      if (asked % 3 === 0) response.writeHead(503).end()
      else response.writeContinue()
    })
    const { status, out } = await run(['probe', url, ...patient, '--rounds', '6'])
    expect(status).to.equal(0)
    expect(out).to.match(/^HTTP\/1\.1 {2}answers 100 in .*, 4 of 6 times\n {10}client: asks each/m)
    expect(out).to.match(/^ {10}refuses with 503 in .*, 2 of 6 times\n {10}client: sends noth/m)
  })

  it('sends the content after the probe with --send', async () => {
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

  it('sends the given method, fields and size', async () => {
    const origin = await originOf('go')
    const how = ['-X', 'POST', '-H', 'X-Name: a: b', '--size', '5G', '--rounds', '1']
    const { status, out } = await run(['probe', `${origin.url}/a?secret`, ...patient, ...how])
    expect(status).to.equal(0)
    expect(out).to.include(`POST ${origin.url}/a\nasks once about a body of 5.0 GiB\n`)
    const { method, path, headers } = origin.requests[0] ?? {}
    expect({ method, path }).to.deep.equal({ method: 'POST', path: '/a?secret' })
    expect(headers).to.include({ 'x-name': 'a: b', 'content-length': String(5 * 1024 ** 3) })
  })

  it('uses a proxy for all its connections', async () => {
    const origin = await originOf('go')
    const proxy = await httpProxy()
    const how = ['--proxy', `http://${proxy.host}`, '--continue-timeout', '60000', '--rounds', '2']
    const report = await probed(origin.url, how)
    expect(firstsOf(report)).to.deep.equal([['HTTP/1.1', 'continue']])
    expect(report.remarks).to.equal(null)
    expect([proxy.heads.length, origin.connections]).to.deep.equal([2, 2])
    expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([0, 0])
  })

  it('answers a challenge with the given credentials', async () => {
    const challenge = {
      'www-authenticate': 'Digest realm="a", nonce="b", algorithm=SHA-256, qop="auth"',
    }
    const origin = await startOrigin({
      mode: ({ headers }) => (headers.authorization ? 'go' : { status: 401, headers: challenge }),
    })
    closeLater(() => origin.close())
    const args = ['probe', origin.url, ...patient, '--rounds', '1', '-u', 'user', '--digest']
    const { status, out } = await run(args, { env: { EXPECT_CONTINUE_PASSWORD: 'secret' } })
    expect(status).to.equal(0)
    expect(out).to.include('HTTP/1.1  answers 100')
    expect(origin.requests.map(({ asked, bytes }) => [asked, bytes])).to.deep.equal([
      [true, 0],
      [true, 0],
    ])
  })
})
