import { expect } from 'chai'
import { main } from '../../lib/cli/main.ts'
import { filesOf } from '../support/command-origin.ts'
import { DigestGuard } from '../support/digest-guard.ts'
import { openOrigin } from '../support/open-origin.ts'
import { FakeTerminal, Keyboard, run } from '../support/terminal.ts'
import { TokenGuard } from '../support/token-guard.ts'

const basic = `Basic ${Buffer.from('anna:secret').toString('base64')}`

describe('the credentials of the command line', () => {
  it('can be a password in the environment', async () => {
    const origin = await openOrigin()
    const env = { EXPECT_CONTINUE_PASSWORD: 'secret' }
    const { status, err } = await run(['put', '-', origin.url, '-u', 'anna', '--basic'], { env })
    expect(status).to.equal(0)
    expect(err).not.to.include('password')
    expect(origin.requests[0]?.headers.authorization).to.equal(basic)
  })

  it('can be a password in the arguments, with a warning that does not contain it', async () => {
    const origin = await openOrigin()
    const { status, err } = await run(['put', '-', origin.url, '-u', 'anna:secret', '--basic'])
    expect(status).to.equal(0)
    expect(err).to.match(
      /^expect-continue: anyone on this machine can see the password of --user; /,
    )
    expect(err).not.to.include('secret')
    expect(origin.requests[0]?.headers.authorization).to.equal(basic)
  })

  it('answer a Digest challenge before the content is sent', async () => {
    const guard = new DigestGuard({ username: 'anna' })
    const origin = await openOrigin({ mode: guard.mode })
    const env = { EXPECT_CONTINUE_PASSWORD: 'secret' }
    const options = { env, stdin: 'abc' }
    const { status } = await run(['put', '-', origin.url, '-u', 'anna', '--digest'], options)
    expect(status).to.equal(0)
    expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([0, 3])
    expect(guard.seen.map(({ accepted }) => accepted)).to.deep.equal([true])
  })

  for (const [scheme, challenge] of [
    ['Basic', 'Basic realm="a"'],
    ['Digest', 'Digest realm="a", nonce="b", qop="auth", algorithm=SHA-256'],
    ['Digest', 'Basic realm="a", Digest realm="a", nonce="b", qop="auth", algorithm=MD5'],
  ] as const) {
    it(`answer ${challenge} with ${scheme}, before the body is sent`, async () => {
      const origin = await openOrigin({
        mode: ({ headers }) =>
          headers.authorization === undefined
            ? { status: 401, headers: { 'www-authenticate': challenge } }
            : 'go',
      })
      const { status } = await run(['put', '-', origin.url, '-u', 'anna:secret'], { stdin: 'abc' })
      expect(status).to.equal(0)
      expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([0, 3])
      const value = origin.requests[1]?.headers.authorization
      expect(value).to.match(new RegExp(`^${scheme} `))
      if (scheme === 'Basic') expect(value).to.equal(basic)
    })
  }

  it('are not sent for Basic with --digest', async () => {
    const origin = await openOrigin({
      mode: { status: 401, headers: { 'www-authenticate': 'Basic realm="a"' } },
    })
    const { status } = await run(['put', '-', origin.url, '-u', 'anna:secret', '--digest'])
    expect(status).to.equal(1)
    expect(origin.requests.map(({ headers }) => headers.authorization)).to.deep.equal([undefined])
  })

  it('can be a token in the environment', async () => {
    const origin = await openOrigin({ mode: new TokenGuard().mode })
    const env = { EXPECT_CONTINUE_TOKEN: 'token-1' }
    const { status } = await run(['put', '-', origin.url, '--bearer'], { env, stdin: 'abc' })
    expect([status, origin.requests.length]).to.deep.equal([0, 1])
  })

  for (const flags of [
    ['-u', 'anna'],
    ['-u', 'anna', '--basic'],
    ['-u', 'anna', '--digest'],
    ['--bearer'],
    ['-H', 'Authorization: Bearer token'],
  ]) {
    it(`are not sent to another origin after a redirect: ${flags.join(' ')}`, async () => {
      const value = 'Digest realm="x", nonce="n", qop="auth", Basic realm="x"'
      const other = await openOrigin({
        mode: { status: 401, headers: { 'www-authenticate': value } },
      })
      const origin = await openOrigin({
        mode: { status: 307, headers: { location: `${other.url}/there` } },
      })
      const env = { EXPECT_CONTINUE_PASSWORD: 'secret', EXPECT_CONTINUE_TOKEN: 'token' }
      await run(['put', '-', `${origin.url}/here`, ...flags], { env, stdin: 'abc' })
      expect(other.requests.map(({ headers }) => headers.authorization)).to.deep.equal([undefined])
    })
  }

  it('are rejected, and not printed, when a header field cannot contain the token', async () => {
    const env = { EXPECT_CONTINUE_TOKEN: 'secret\n' }
    const { status, err } = await run(['put', '-', 'http://127.0.0.1:1', '--bearer'], { env })
    expect(status).to.equal(2)
    expect(err).to.include('HTTP cannot carry the token').and.not.include('secret')
  })
})

describe('the password prompt', () => {
  async function asked(): Promise<{
    keyboard: Keyboard
    terminal: FakeTerminal
    end: End
    seen: Seen
  }> {
    const origin = await openOrigin()
    const keyboard = new Keyboard()
    const terminal = new FakeTerminal({ stdin: keyboard })
    const end = main(
      ['put', ...filesOf({ a: 'abc' }), origin.url, '-u', 'anna', '--basic'],
      terminal,
    )
    await terminal.stderr.until(/^Password of anna: $/)
    const seen = (): unknown => origin.requests[0]?.headers.authorization
    return { keyboard, terminal, end, seen }
  }
  type End = Promise<number>
  type Seen = () => unknown

  it('does not echo the password', async () => {
    const { keyboard, terminal, end, seen } = await asked()
    expect(keyboard.echoes).to.equal(false)
    keyboard.write('sex\x7fcret\r')
    expect(await end).to.equal(0)
    expect(seen()).to.equal(basic)
    expect(keyboard.echoes).to.equal(true)
    expect(terminal.err).to.match(/^Password of anna: \n.*: 201 Created/)
    expect(terminal.out + terminal.err).not.to.include('secret')
  })

  for (const [name, key] of [
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ] as const) {
    it(`is cancelled by ${name}`, async () => {
      const { keyboard, terminal, end, seen } = await asked()
      keyboard.write(key)
      expect(await end).to.equal(130)
      expect(seen()).to.equal(undefined)
      expect(keyboard.echoes).to.equal(true)
      expect(terminal.err).to.equal('Password of anna: \n')
    })
  }
})
