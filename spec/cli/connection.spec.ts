import { expect } from 'chai'
import { filesOf } from '../support/command-origin.ts'
import { identity } from '../support/identity.ts'
import { openOrigin } from '../support/open-origin.ts'
import { httpProxy } from '../support/proxies.ts'
import { run } from '../support/terminal.ts'
import { tlsFront } from '../support/tls-front.ts'

describe('the connection options', () => {
  it('trust only the authorities that they name', async () => {
    const secret = await identity()
    const origin = await openOrigin({ tls: secret })
    const [ca = ''] = filesOf({ ca: secret.cert })
    const trusting = await run(['put', '-', origin.url, '--cacert', ca], { stdin: 'abc' })
    expect(trusting.status).to.equal(0)
    const strict = await run(['put', '-', origin.url], { stdin: 'abc' })
    expect(strict.status).to.equal(1)
    expect(strict.err).to.match(/^stdin: TLS error: self-signed certificate \(--cacert trusts it/)
    const careless = await run(['put', '-', origin.url, '-k'], { stdin: 'abc' })
    expect(careless.status).to.equal(0)
  })

  for (const [name, files, flags] of [
    ['and its key', { cert: 'cert', key: 'key' }, ['--cert', '--key']],
    ['and its key in the same file', { both: 'both' }, ['--cert']],
  ] as const) {
    it(`present a certificate ${name}`, async () => {
      const { key, cert } = await identity()
      const origin = await openOrigin({ tls: { key, cert, ca: cert, requestCert: true } })
      const contents: Record<string, string> = { cert, key, both: key + cert }
      const named = Object.values(files).map((each) => [each, contents[each] ?? ''] as const)
      const paths = filesOf({ ca: cert, ...Object.fromEntries(named) })
      const [ca = '', ...own] = paths
      const how = flags.flatMap((flag, at) => [flag, own[at] ?? ''])
      const args = ['put', '-', origin.url, '--cacert', ca]
      expect((await run(args, { stdin: 'abc' })).status).to.equal(1)
      expect((await run([...args, ...how], { stdin: 'abc' })).status).to.equal(0)
    })
  }

  for (const [flags, version] of [
    [['--http2'], '2.0'],
    [['--no-http2'], '1.1'],
    [['--http1.1'], '1.1'],
    [['--http2', '--http1.1'], '1.1'],
    [['--http1.1', '--http2'], '2.0'],
  ] as const) {
    it(`use HTTP/${version} if the server supports both: ${flags.join(' ')}`, async () => {
      const spoken: string[] = []
      const front = await tlsFront(['h2', 'http/1.1'], (request, response, asked) => {
        spoken.push(request.httpVersion)
        if (asked) response.writeContinue()
        request.resume().on('end', () => response.writeHead(201).end())
      })
      const [ca = ''] = filesOf({ ca: front.ca })
      const args = ['put', '-', front.url, '--cacert', ca, ...flags]
      expect((await run(args, { stdin: 'abc' })).status).to.equal(0)
      expect(spoken).to.deep.equal([version])
    })
  }

  it('use a proxy', async () => {
    const origin = await openOrigin()
    const proxy = await httpProxy()
    const args = ['put', '-', origin.url, '--proxy', `http://${proxy.host}`]
    const { status, err } = await run(args, { stdin: 'abc' })
    expect([status, origin.requests.length, proxy.heads.length]).to.deep.equal([0, 1, 1])
    expect(err).not.to.include('anyone on this machine')
  })

  it('warn about the password of a proxy in the arguments', async () => {
    const proxy = await httpProxy()
    const origin = await openOrigin()
    const args = ['put', '-', origin.url, '--proxy', `http://me:secret@${proxy.host}`]
    const { status, err } = await run(args, { stdin: 'abc' })
    expect(status).to.equal(0)
    expect(err).to.match(
      /^expect-continue: anyone on this machine can see the password of --proxy; /,
    )
    expect(err).not.to.include('secret')
  })
})
