import { expect } from 'chai'
import { shownField } from '../../lib/cli/exchange.ts'
import { filesOf } from '../support/command-origin.ts'
import { openOrigin } from '../support/open-origin.ts'
import { run } from '../support/terminal.ts'
import { tlsFront } from '../support/tls-front.ts'

/** The output without lines that do not matter here or differ between runs. */
function said(err: string): string[] {
  const plain = /^> (accept|sec-fetch|user-agent|connection)|^< (date|connection|keep-alive)/i
  return err
    .trim()
    .split('\n')
    .filter((line) => !plain.test(line))
    .map((line) => line.replace(/127\.0\.0\.1:\d+/, 'origin').replace(/\d+ ms/g, 'N ms'))
}

describe('put --verbose', () => {
  it('prints what is sent and received, as curl does', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: 'abc' })
    const how = ['-v', '--expect', 'always', '-H', 'X-A: b']
    const { out, err } = await run(['put', file, `${origin.url}/a`, ...how])
    expect(out).to.equal('')
    expect(said(err)).to.deep.equal([
      '* connected to origin',
      '> PUT /a HTTP/1.1',
      '> host: origin',
      '> X-A: b',
      '> content-length: 3',
      '> expect: 100-continue',
      '>',
      '< HTTP/1.1 100 Continue',
      '<',
      '* 3 B of the body sent',
      '< HTTP/1.1 201 Created',
      '< content-length: 0',
      '<',
      `${file}: 201 Created, go-ahead after N ms, 3 B sent in N ms`,
    ])
  })

  it('prints both attempts after a 417', async () => {
    const origin = await openOrigin({ mode: 417 })
    const { err } = await run(['put', '-', `${origin.url}/a`, '-v'], { stdin: 'abc' })
    expect(said(err)).to.deep.equal([
      '* connected to origin',
      '> PUT /a HTTP/1.1',
      '> host: origin',
      '> transfer-encoding: chunked',
      '> expect: 100-continue',
      '>',
      '* the body is not sent',
      '< HTTP/1.1 417 Expectation Failed',
      '< content-length: 0',
      '<',
      '* once more, without the expectation',
      '* connected to origin',
      '> PUT /a HTTP/1.1',
      '> host: origin',
      '> transfer-encoding: chunked',
      '>',
      '* 3 B of the body sent',
      '< HTTP/1.1 201 Created',
      '< content-length: 0',
      '<',
      'stdin: 201 Created, retried without Expect (417), 3 B sent in N ms',
    ])
  })

  it('prints that the server did not respond', async () => {
    const origin = await openOrigin({ mode: 'silent' })
    const args = ['put', '-', origin.url, '-v', '--continue-timeout', '1']
    const { err } = await run(args, { stdin: 'abc' })
    expect(said(err)).to.include('* no answer in time; the body is sent')
  })

  it('prints a GET after a redirect', async () => {
    const origin = await openOrigin({
      mode: ({ path }) =>
        path === '/a' ? { status: 303, headers: { location: '/b?signature=secret' } } : 200,
    })
    const { err } = await run(['put', '-', `${origin.url}/a`, '-v'], { stdin: 'abc' })
    const lines = said(err)
    expect(lines).to.include('< location: /b?…')
    expect(lines.slice(lines.indexOf('> GET /b?… HTTP/1.1'))).to.deep.equal([
      '> GET /b?… HTTP/1.1',
      '> host: origin',
      '>',
      '< HTTP/1.1 200 OK',
      '< content-length: 0',
      '<',
      'stdin: 200 OK, refused before the body, 2 attempts',
    ])
  })

  it('prints no credentials', async () => {
    const origin = await openOrigin({
      response: { status: 201, headers: { 'set-cookie': 'session=secret' } },
    })
    const env = { EXPECT_CONTINUE_PASSWORD: 'secret' }
    const how = ['-v', '-u', 'anna', '--basic', '-H', 'X-Amz-Security-Token: secret']
    const { err } = await run(['put', '-', `${origin.url}/a?key=secret`, ...how], { env })
    expect(err).not.to.include('secret')
    expect(err).not.to.include(Buffer.from('anna:secret').toString('base64'))
    expect(said(err)).to.include.members([
      '> PUT /a?… HTTP/1.1',
      '> authorization: Basic …',
      '> X-Amz-Security-Token: …',
      '< set-cookie: …',
    ])
  })

  it('prints HTTP/2 requests', async () => {
    const front = await tlsFront(['h2'], (request, response, asked) => {
      if (asked) response.writeContinue()
      request.resume().on('end', () => response.writeHead(201).end())
    })
    const [ca = '', file = ''] = filesOf({ ca: front.ca, a: 'abc' })
    const how = ['-v', '--expect', 'always', '--cacert', ca]
    const { status, err } = await run(['put', file, `${front.url}/a`, ...how])
    expect(status).to.equal(0)
    expect(said(err)).to.deep.equal([
      '* connected to origin with TLS',
      '> PUT /a HTTP/2',
      '> :authority: origin',
      '> content-length: 3',
      '> expect: 100-continue',
      '>',
      '< HTTP/2 100 Continue',
      '<',
      '* 3 B of the body sent',
      '< HTTP/2 201',
      '<',
      `${file}: 201 Created, go-ahead after N ms, 3 B sent in N ms`,
    ])
  })

  it('uploads one file at a time', async () => {
    // The delay lets other uploads start in the meantime.
    const origin = await openOrigin({ delay: 20 })
    let maxOpen = 0
    origin.mode = () => {
      maxOpen = Math.max(maxOpen, origin.requests.filter(({ status }) => status === 0).length)
      return 'go'
    }
    await run(['put', ...filesOf({ a: 'a', b: 'b', c: 'c' }), `${origin.url}/`, '-v'])
    expect([origin.requests.length, maxOpen]).to.deep.equal([3, 1])
  })
})

describe('shownField', () => {
  for (const [name, value, printed] of [
    ['Content-Type', 'text/plain', 'Content-Type: text/plain'],
    ['Authorization', 'Bearer abc', 'Authorization: Bearer …'],
    ['Authorization', 'abc', 'Authorization: …'],
    ['Proxy-Authorization', 'Basic abc', 'Proxy-Authorization: Basic …'],
    ['Cookie', 'a=b; c=d', 'Cookie: …'],
    ['X-Api-Key', 'abc def', 'X-Api-Key: …'],
    ['Location', 'https://a/b?c', 'Location: https://a/b?…'],
    ['WWW-Authenticate', 'Basic realm="a"', 'WWW-Authenticate: Basic realm="a"'],
  ] as const) {
    it(`is ${printed} for ${name}: ${value}`, () => {
      expect(shownField([name, value])).to.equal(printed)
    })
  }
})
