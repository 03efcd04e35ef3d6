import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { startOrigin } from '../../lib/testing/index.ts'
import { filesOf } from '../support/command-origin.ts'
import { temporaryFolder } from '../support/files.ts'
import { anotherIdentity, identity } from '../support/identity.ts'
import { listening } from '../support/listening.ts'
import { openOrigin } from '../support/open-origin.ts'
import { run } from '../support/terminal.ts'

/** A TCP server; resolves with its host and port. */
async function raw(serve: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => serve(socket.on('error', () => {})))
  return `127.0.0.1:${await listening(server)}`
}

/** The message on standard error, and the code in JSON. Codes of libraries are only in JSON. */
async function said(...args: string[]): Promise<{ message: string; code: string | null }> {
  const { status, out, err } = await run(['put', '-', ...args, '--json'], { stdin: 'abc' })
  expect(status).to.equal(1)
  const { error } = JSON.parse(out)
  expect(err).to.equal(`stdin: ${error.message}\n`)
  expect(err).not.to.match(/\bE[A-Z]{4,}|UND_ERR|ERR_|HPE_|0A0|routines/)
  return error
}

describe('the error message of the command', () => {
  it('says that a server does not support TLS', async () => {
    const origin = await openOrigin()
    const { message } = await said(origin.url.replace('http:', 'https:'))
    expect(message).to.equal('TLS error: the server does not speak TLS on this port (http:?)')
  })

  it('says that a server does not speak HTTP', async () => {
    const host = await raw((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    const { message } = await said(`http://${host}`)
    expect(message).to.equal('the server does not speak HTTP on this port (https:?)')
  })

  it('says that a server ended the TLS handshake', async () => {
    const host = await raw((socket) => socket.destroy())
    const { message } = await said(`https://${host}`)
    expect(message).to.equal('TLS error: the server closed the connection during the handshake')
  })

  it('says that a server closed the connection', async () => {
    const host = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const { message, code } = await said(`http://${host}`)
    expect([message, code]).to.deep.equal(['the server closed the connection', 'ECONNRESET'])
  })

  it('says that no server listens', async () => {
    const origin = await startOrigin()
    const { url } = origin
    await origin.close()
    const { message, code } = await said(url)
    expect(message).to.equal(`${new URL(url).host}: connection refused`)
    expect(code).to.equal('ECONNREFUSED')
    const proxied = await said('http://127.0.0.1:1/a', '--proxy', url)
    expect(proxied.message).to.include(
      `could not be used: ${new URL(url).host}: connection refused`,
    )
  })

  it('names the flag of a timeout', async () => {
    const silent = await openOrigin({ response: 'nothing' })
    const timeout = await said(silent.url, '--timeout', '100ms')
    expect(timeout.message).to.equal('The upload was not over within 100 ms (--timeout)')
    const mute = await raw((socket) => socket.resume())
    const connect = await said(`https://${mute}`, '--connect-timeout', '100ms')
    expect(connect.message).to.equal('No connection was made in time (--connect-timeout)')
    const stuck = await raw((socket) => socket.pause())
    const [large = ''] = filesOf({ a: new Uint8Array(30_000_000) })
    const how = ['--expect', 'never', '--stall-timeout', '200ms']
    const stall = await run(['put', large, `http://${stuck}`, ...how])
    expect(stall.err).to.include(': The connection took no content within 200 ms (--stall-timeout)')
    const head = await said(silent.url, ...how)
    expect(head.message).to.equal(
      "The response's head did not come within 200 ms (--stall-timeout)",
    )
    const half = await raw((socket) => socket.write('HTTP/1.1 201 Created\r\n\r\nhalf'))
    const body = await run(['put', large, `http://${half}`, ...how])
    expect(body.err).to.match(
      /incomplete: The response's content stopped coming \(--stall-timeout\)\n$/,
    )
  })

  it('says that there are too many redirects', async () => {
    const origin = await openOrigin({ mode: { status: 307, headers: { location: '/' } } })
    const { message } = await said(origin.url, '--max-redirects', '3')
    expect(message).to.include('--max-redirects').and.not.include('maxRedirections')
    expect(origin.requests).to.have.length(4)
  })

  it('says that a file is missing, and the others are uploaded', async () => {
    const origin = await openOrigin()
    const missing = join(temporaryFolder(), 'missing.txt')
    const [file = ''] = filesOf({ a: 'abc' })
    for (const how of [[], ['--checksum', 'sha256'], ['--checksum-header', 'X-Sum']]) {
      const args = ['put', missing, file, `${origin.url}/`, '--json', ...how]
      const { status, out, err } = await run(args)
      expect(status).to.equal(1)
      expect(err).to.include(`${missing}: no such file\n`).and.not.include('--help')
      const lines = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const failed = lines.find((line) => line.file === missing)
      expect(failed.error).to.deep.equal({ code: 'ENOENT', message: `${missing}: no such file` })
      expect(lines.find((line) => line.file === file).status).to.equal(201)
    }
  })

  it('says that the file of a flag is missing or invalid, with status 1', async () => {
    const { cert } = await identity()
    const other = await anotherIdentity()
    const [text = '', own = '', strange = ''] = filesOf({
      text: 'abc',
      cert,
      key: other.key,
    })
    for (const [how, what] of [
      [['--cacert', '/no/such'], '--cacert: /no/such: no such file'],
      [['--cacert', text], `--cacert: ${text}: not in PEM`],
      [['--cert', text], `--cert: ${text}: not in PEM`],
      [['--cert', own, '--key', strange], '--cert, --key: TLS error: key values mismatch'],
    ] as const) {
      for (const args of [
        ['put', '-', 'https://127.0.0.1:1'],
        ['probe', 'https://127.0.0.1:1'],
      ]) {
        const { status, err } = await run([...args, ...how])
        expect([status, err]).to.deep.equal([1, `expect-continue: ${what}\n`])
      }
    }
  })

  it('says that the response cannot be written to a file', async () => {
    const origin = await openOrigin({ response: { status: 201, body: 'stored' } })
    const output = join(temporaryFolder(), 'none/out')
    const { status, err } = await run(['put', '-', origin.url, '-o', output], { stdin: 'abc' })
    expect(status).to.equal(1)
    expect(err).to.include(`stdin: ${output}: no such file\n`)
  })
})

describe('a server that requires a length', () => {
  for (const code of [411, 501]) {
    it(`is recognised by its ${code}, and the message has a remedy`, async () => {
      const origin = await openOrigin({
        mode: ({ headers }) => (headers['content-length'] === undefined ? code : 'go'),
      })
      const args = ['put', '-', origin.url, '--json']
      const { status, out, err } = await run(args, { stdin: 'abc' })
      expect(status).to.equal(1)
      expect(err).to.match(
        /^stdin: (411 Length Required|501 Not Implemented), refused.*: upload a file, or say it with -H 'Content-Length: …'\n$/,
      )
      expect(JSON.parse(out)).to.include({ status: code, sentBytes: 0 })
      expect(JSON.parse(out).error.code).to.equal('ERR_LENGTH_REQUIRED')
      const withLength = await run([...args, '-H', 'Content-Length: 3'], { stdin: 'abc' })
      expect(withLength.status).to.equal(0)
    })
  }

  it('gets no remedy if the length was sent', async () => {
    const origin = await openOrigin({ mode: 411 })
    const [file = ''] = filesOf({ a: 'abc' })
    const { err } = await run(['put', file, origin.url])
    expect(err).to.include(': 411 Length Required').and.not.include('upload a file')
  })
})

describe('a server that requires Windows Authentication', () => {
  for (const [status, value] of [
    [401, 'Negotiate, NTLM'],
    [401, 'NTLM'],
    [401, 'Negotiate'],
    [407, 'NTLM'],
  ] as const) {
    it(`is recognised by its ${status} with ${value}, and the message has a remedy`, async () => {
      const name = status === 401 ? 'www-authenticate' : 'proxy-authenticate'
      const origin = await openOrigin({ mode: { status, headers: { [name]: value } } })
      const args = ['put', '-', origin.url, '-u', 'anna:secret', '--json']
      const { status: ended, out, err } = await run(args, { stdin: 'abc' })
      expect(ended).to.equal(1)
      expect(err).to.match(
        /, only NTLM or Negotiate is offered, .* not supported; have Basic .*\n$/,
      )
      expect(JSON.parse(out)).to.include({ status, sentBytes: 0 })
      expect(JSON.parse(out).error.code).to.equal('ERR_AUTHENTICATION_UNSUPPORTED')
    })
  }

  it('gets no remedy if it also offers another scheme', async () => {
    const headers = { 'www-authenticate': 'Negotiate, NTLM, Digest realm="a", nonce="NTLM"' }
    const origin = await openOrigin({ mode: { status: 401, headers } })
    const { err } = await run(['put', '-', origin.url], { stdin: 'abc' })
    expect(err).to.include('401 Unauthorized').and.not.include('NTLM')
  })
})

describe('a redirected upload', () => {
  it('prints the final URL and the bytes that were sent there', async () => {
    const other = await openOrigin()
    const origin = await openOrigin({
      response: { status: 307, headers: { location: `${other.url}/there?secret` } },
    })
    const [file = ''] = filesOf({ a: 'abc' })
    const { status, err } = await run(['put', file, `${origin.url}/here`])
    expect(status).to.equal(0)
    expect(err).to.match(
      /: 201 Created, at http:\S+\/there, not asked \(small\), 3 B sent in .*, 2 attempts\n$/,
    )
    expect([origin, other].map(({ requests }) => requests[0]?.bytes)).to.deep.equal([3, 3])
  })

  it('prints no bytes of an earlier URL if the last one refuses', async () => {
    const other = await openOrigin({ mode: 413 })
    const origin = await openOrigin({
      response: { status: 307, headers: { location: `${other.url}/there` } },
    })
    const [file = ''] = filesOf({ a: 'abc' })
    const { err } = await run(['put', file, origin.url, '--expect', 'always'])
    expect(err).to.match(
      /: 413 Payload Too Large, at http:\S+\/there, refused, 3 B not sent, 2 attempts\n$/,
    )
  })

  it('is not followed with --no-follow', async () => {
    const origin = await openOrigin({ mode: { status: 307, headers: { location: '/b' } } })
    const [file = ''] = filesOf({ a: 'abc' })
    for (const how of [['--no-follow'], ['--max-redirects', '0']]) {
      const { status, err } = await run(['put', file, origin.url, ...how])
      expect(status).to.equal(1)
      expect(err).to.include(': 307 Temporary Redirect')
    }
    expect(origin.requests.map(({ path }) => path)).to.deep.equal(['/', '/'])
  })
})
