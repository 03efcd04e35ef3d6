import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { filesOf } from '../support/command-origin.ts'
import { DigestGuard } from '../support/digest-guard.ts'
import { temporaryFile, temporaryFolder } from '../support/files.ts'
import { listening } from '../support/listening.ts'
import { openOrigin } from '../support/open-origin.ts'
import { rawOrigin } from '../support/raw-origin.ts'
import { run } from '../support/terminal.ts'
import { tlsFront } from '../support/tls-front.ts'
import { unusedUrl } from '../support/unused-url.ts'

const patient = ['--dry-run', '--continue-timeout', '60000']

describe('put --dry-run', () => {
  for (const [mode, how, status, said] of [
    ['go', patient, 0, /: would be sent, go-ahead after \d+ ms\n$/],
    [
      'silent',
      ['--dry-run', '--continue-timeout', '30'],
      0,
      /: would be sent, no go-ahead within 30 ms\n$/,
    ],
    [417, patient, 0, /: would be sent without asking \(417\)\n$/],
    [413, patient, 1, /: 413 Payload Too Large, answered after \d+ ms\n$/],
    [204, patient, 0, /: 204 No Content, answered after \d+ ms\n$/],
    ['reset', patient, 1, /: the server ends the connection without an answer \(.*\)\n$/],
  ] as const) {
    it(`prints what an origin of mode ${mode} would do, and sends nothing`, async () => {
      const origin = await openOrigin({ mode })
      const [file = ''] = filesOf({ a: 'abc' })
      const ended = await run(['put', file, origin.url, ...how])
      expect([ended.status, ended.out]).to.deep.equal([status, ''])
      expect(ended.err).to.match(said)
      expect(origin.requests.map(({ asked }) => asked))
        .to.include(true)
        .and.not.include(false)
      expect(origin.requests.filter(({ bytes }) => bytes > 0)).to.deep.equal([])
    })
  }

  it('declares the size, and neither opens nor reads the content', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: 'abc' })
    await run(['put', file, origin.url, ...patient])
    expect(origin.requests[0]?.headers['content-length']).to.equal('3')
    const { status } = await run(['put', '-', origin.url, ...patient], { stdin: 'abc' })
    expect([status, origin.requests[1]?.headers['transfer-encoding']]).to.deep.equal([0, 'chunked'])
  })

  it('follows a redirect, and prints the target', async () => {
    const other = await openOrigin()
    const origin = await openOrigin({
      mode: { status: 307, headers: { location: `${other.url}/there?secret` } },
    })
    const [file = ''] = filesOf({ a: 'abc' })
    const { err } = await run(['put', file, origin.url, ...patient])
    expect(err).to.include(`: would be sent, at ${other.url}/there, go-ahead after`)
    expect(other.requests.map(({ bytes }) => bytes)).to.deep.equal([0])
    const { status, err: refused } = await run(['put', file, origin.url, ...patient, '--no-follow'])
    expect(status).to.equal(1)
    expect(refused).to.match(/: 307 Temporary Redirect, answered after/)
  })

  it('prints why a redirect cannot be followed', async () => {
    const origin = await openOrigin({ mode: { status: 307, headers: { location: '/again' } } })
    const [file = ''] = filesOf({ a: 'abc' })
    const round = await run(['put', file, origin.url, ...patient])
    expect(round.status).to.equal(1)
    expect(round.err).to.match(/: The redirect from .* exceeds --max-redirects, which is 5\n$/)

    const left = await openOrigin({
      mode: { status: 307, headers: { location: await unusedUrl() } },
    })
    const refused = await run(['put', file, left.url, ...patient])
    expect(refused.status).to.equal(1)
    expect(refused.err).to.match(/: 127\.0\.0\.1:\d+: connection refused\n$/)
  })

  it('does not report silence when no connection is made after a redirect', async () => {
    const mute = createServer()
    const next = `https://127.0.0.1:${await listening(mute)}/there`
    const origin = await openOrigin({ mode: { status: 307, headers: { location: next } } })
    const [file = ''] = filesOf({ a: 'abc' })
    const impatient = ['--dry-run', '--continue-timeout', '30', '--connect-timeout', '0.2']
    const { status, err } = await run(['put', file, origin.url, ...impatient])
    expect(status).to.equal(1)
    expect(err).to.match(/: No connection was made in time \(--connect-timeout\)\n$/)
  })

  it('does not report its own timeout as a fault of the server', async () => {
    const origin = await openOrigin({ mode: 'silent' })
    const [file = ''] = filesOf({ a: 'abc' })
    const { status, err } = await run(['put', file, origin.url, ...patient, '--timeout', '50ms'])
    expect(status).to.equal(1)
    expect(err).to.match(/: The upload was not over within 50 ms \(--timeout\)\n$/)
  })

  it('answers a challenge', async () => {
    const guard = new DigestGuard({ username: 'anna' })
    const origin = await openOrigin({ mode: guard.mode })
    const [file = ''] = filesOf({ a: 'abc' })
    const { status } = await run(['put', file, origin.url, ...patient, '-u', 'anna:secret'])
    expect([status, origin.requests.length]).to.deep.equal([0, 2])
  })

  it('sends expectations for several files concurrently, and reports each result', async () => {
    const refusals: Record<string, number> = { '/b': 413, '/c': 417 }
    const origin = await openOrigin({ mode: ({ path }) => refusals[path] ?? 'go' })
    const files = filesOf({ a: 'a', b: 'b', c: 'c', d: 'd' })
    const { status, out, err } = await run([
      'put',
      ...files,
      `${origin.url}/`,
      ...patient,
      '--json',
    ])
    const found = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ url, answer, status: code }) => `${new URL(url).pathname} ${answer} ${code}`)
    expect(found.sort()).to.deep.equal([
      '/a continue null',
      '/b final 413',
      '/c final 417',
      '/d continue null',
    ])
    expect(status).to.equal(1)
    expect(err).to.match(/\n3 of 4 files would be sent\n$/)
  })

  it('sends nothing for an empty file, and reports a missing one', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: '' })
    const missing = join(temporaryFolder(), 'missing')
    const { status, err } = await run(['put', file, missing, `${origin.url}/`, ...patient])
    expect(status).to.equal(1)
    expect(err).to.include(`${file}: would be sent`).and.include(`${missing}: no such file\n`)
    expect(origin.requests).to.deep.equal([])
  })

  it('sends no content over HTTP/2', async () => {
    const front = await tlsFront(['h2'], (_request, response, asked) => {
      if (asked) response.writeContinue()
    })
    const cacert = temporaryFile()
    writeFileSync(cacert, front.ca)
    const [file = ''] = filesOf({ a: 'abc' })
    const how = ['--http2', '--cacert', cacert]
    expect((await run(['put', file, front.url, ...patient, ...how])).status).to.equal(0)
    await front.until(/^HEADERS 1/)
    expect(front.frames.filter((frame) => frame.startsWith('DATA'))).to.deep.equal([])
  })

  it('reports bytes that are not HTTP as a refusal', async () => {
    const url = await rawOrigin({ asked: 'SSH-2.0-OpenSSH\r\n' })
    const { status, err } = await run(['put', '-', url, ...patient], { stdin: 'abc' })
    expect(status).to.equal(1)
    expect(err).to.equal('stdin: the server sends what is no HTTP response\n')
  })
})
