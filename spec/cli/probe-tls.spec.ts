import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { temporaryFile } from '../support/files.ts'
import { firstsOf, hasty, patient, probed } from '../support/probed.ts'
import { run } from '../support/terminal.ts'
import { type Front, type Play, tlsFront } from '../support/tls-front.ts'

/** Reads each request; `asked` handles those with an expectation. */
const playing =
  (asked: Play): Play =>
  (request, response, asks) => {
    request.on('error', () => {}).resume()
    if (asks) asked(request, response, asks)
  }

const sendContinue = playing((_request, response) => response.writeContinue())

describe('the command probe over TLS', () => {
  /** The first answer over each protocol. Fails if content was sent over HTTP/2. */
  async function firsts(front: Front, how: readonly string[] = patient): Promise<unknown[]> {
    const cacert = temporaryFile()
    writeFileSync(cacert, front.ca)
    const report = await probed(front.url, [...how, '--cacert', cacert, '--rounds', '2'])
    if (front.frames.length > 0) await front.until(/^RST_STREAM 1 /)
    expect(front.frames.filter((frame) => frame.startsWith('DATA'))).to.deep.equal([])
    return firstsOf(report)
  }

  for (const [what, play, how, first] of [
    ['sends a 100', sendContinue, patient, 'continue'],
    ['is silent', playing(() => {}), hasty, 'silent'],
    ['answers 417', playing((_request, response) => response.writeHead(417).end()), patient, 417],
    ['refuses', playing((_request, response) => response.writeHead(403).end()), patient, 403],
    ['answers', playing((_request, response) => response.writeHead(200).end()), patient, 200],
  ] satisfies [string, Play, readonly string[], unknown][]) {
    it(`sends an expectation over both protocols, without content, to an origin that ${what}`, async () => {
      const front = await tlsFront(['h2', 'http/1.1'], play)
      expect(await firsts(front, how)).to.deep.equal([
        ['HTTP/2', first],
        ['HTTP/1.1', first],
      ])
      const asked = front.frames.filter((frame) => frame.startsWith('HEADERS'))
      expect(asked).to.deep.equal(['HEADERS 1', 'HEADERS 3'])
    })
  }

  it('reports an origin that supports HTTP/2 only', async () => {
    const front = await tlsFront(['h2'], sendContinue)
    expect(await firsts(front)).to.deep.equal([
      ['HTTP/2', 'continue'],
      ['HTTP/1.1', 'not spoken'],
    ])
  })

  it('uses HTTP/1.1 only with --no-http2', async () => {
    const front = await tlsFront(['h2', 'http/1.1'], sendContinue)
    expect(await firsts(front, [...patient, '--no-http2'])).to.deep.equal([
      ['HTTP/1.1', 'continue'],
    ])
    expect(front.frames).to.deep.equal([])
  })

  it('exits with 1 if it does not trust the origin', async () => {
    const { url } = await tlsFront(['h2'], sendContinue)
    const { status, err } = await run(['probe', url])
    expect(status).to.equal(1)
    expect(err).to.match(/^expect-continue: TLS error: self-signed/)
  })
})
