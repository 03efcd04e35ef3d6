import { expect } from 'chai'
import { main } from '../../lib/cli/main.ts'
import { type UploadOptions, type UploadResult, upload } from '../../lib/client/upload.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { served } from '../support/served.ts'
import { FakeTerminal, run } from '../support/terminal.ts'

const content = noise(2_000_000)

function send(url: string, options: UploadOptions = {}): Promise<UploadResult> {
  return upload(url, content, { dispatcher: agentFor(), ...options })
}

describe('the command serve', () => {
  for (const [columns, last] of [
    [80, '\n\n'],
    [undefined, 'go\n'],
  ] as const) {
    it(`ends ${columns ? 'the line of ^C' : 'no line'} in ${columns ? 'a terminal' : 'a pipe'}`, async () => {
      const terminal = new FakeTerminal(columns === undefined ? {} : { columns })
      const ended = main(['serve', '--port', '0'], terminal)
      await terminal.stderr.until(/listening on .*\n/)
      terminal.emit('SIGINT')
      expect(await ended).to.equal(130)
      expect(terminal.err.endsWith(last)).to.equal(true)
    })
  }

  it('prints a line for each request, in columns', async () => {
    const { url, terminal } = await served()
    await send(`${url}/a?secret`)
    await send(`${url}/b`, { expect: 'never', method: 'POST' })
    await terminal.stdout.until(/\/b\n/)
    const sum = sha256(content).slice(0, 12)
    expect(terminal.out).to.equal(
      `201  PUT     asked         2000000  ${sum}  /a\n201  POST    unasked       2000000  ${sum}  /b\n`,
    )
  })

  it('prints lines of JSON, also for requests without a response', async () => {
    const { url, terminal } = await served('--mode', 'reset', '--json')
    const failure = await send(`${url}/a`).catch((error) => error)
    expect(failure.code).to.equal('ECONNRESET')
    await terminal.stdout.until(/\n.*\n/)
    const [line = ''] = terminal.out.split('\n')
    expect(JSON.parse(line)).to.deep.equal({
      method: 'PUT',
      path: '/a',
      asked: true,
      status: 0,
      bytes: 0,
      sha256: '',
      connection: 1,
    })
  })

  for (const [mode, status, outcome, lines] of [
    ['go', 201, 'continued', ['201']],
    ['silent', 201, 'silent', ['201']],
    ['417', 201, 'replayed', ['417', '201']],
    ['413', 413, 'refused', ['413']],
    ['307', 201, 'continued', ['307', '201']],
    ['204', 204, 'answered', ['204']],
  ] as const) {
    it(`plays ${mode}`, async () => {
      const { url, terminal } = await served('--mode', mode)
      // The wait may only run out with a silent origin.
      const continueTimeout = mode === 'silent' ? 50 : 60_000
      const { response, report } = await send(`${url}/a`, { continueTimeout })
      expect([response.status, report.outcome]).to.deep.equal([status, outcome])
      await terminal.stdout.until(new RegExp(`^${lines.at(-1)} `, 'm'))
      const printed = terminal.out.split('\n').slice(0, -1)
      expect(printed.map((line) => line.slice(0, 3))).to.deep.equal(lines)
    })
  }

  it('answers 401 to requests without credentials', async () => {
    const { url } = await served('--mode', '401')
    const basic = { username: 'user', password: 'any' }
    const refused = await send(`${url}/a`)
    const accepted = await send(`${url}/a`, { authenticate: { basic } })
    expect([refused.response.status, accepted.response.status]).to.deep.equal([401, 201])
    expect(accepted.report.sentBytes).to.equal(content.length)
  })

  it('redirects to the given location', async () => {
    const other = await startOrigin()
    closeLater(() => other.close())
    const { url } = await served('--mode', '308', '--location', `${other.url}/b`)
    const { response } = await send(`${url}/a`)
    expect(response.status).to.equal(201)
    expect(other.requests[0]).to.include({ path: '/b', sha256: sha256(content) })
  })

  it('sends nothing before its delay is over', async () => {
    const { url } = await served('--delay', '60000')
    const { report } = await send(`${url}/a`, {
      continueTimeout: 50,
      signal: AbortSignal.timeout(200),
    }).catch((error) => ({ report: error.name }))
    expect(report).to.equal('TimeoutError')
  })

  it('exits after Ctrl-C, with connections open', async () => {
    const { url, stop } = await served('--mode', 'silent')
    await send(`${url}/a`, { continueTimeout: 50 })
    expect(await stop()).to.equal(130)
    const failure = await send(`${url}/a`).catch((error) => error)
    expect(failure.code).to.equal('ECONNREFUSED')
  })

  it('exits with 1 when the port is in use', async () => {
    const { url } = await served()
    const { status, err } = await run(['serve', '--port', new URL(url).port])
    expect(status).to.equal(1)
    expect(err).to.match(/^expect-continue: 127\.0\.0\.1:\d+: address already in use\n/)
  })

  for (const [args, said] of [
    [['--mode', 'stop'], 'It must be go, silent, reset, resumable, or a status'],
    [['--mode', '100'], 'It must be go, silent, reset, resumable, or a status'],
    [['--fault', 'break:1m', '--mode', 'resumable'], 'It must be such as reset:1m'],
    [['--fault', 'reset:x', '--mode', 'resumable'], 'It must be a number of bytes'],
    [['--fault', 'reset:1m'], "--fault needs the mode 'resumable'"],
    [['--port', '65536'], 'It must be a port'],
    [['--delay', 'long'], 'It must be a whole number'],
  ] as const) {
    it(`exits with 2 and prints why: ${args.join(' ')}`, async () => {
      const { status, out, err } = await run(['serve', ...args])
      expect([status, out]).to.deep.equal([2, ''])
      expect(err).to.include(said)
    })
  }
})
