import { execFile, execFileSync } from 'node:child_process'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { main } from '../../lib/cli/main.ts'
import { closeLater } from '../support/closing.ts'
import { filesOf } from '../support/command-origin.ts'
import { listening } from '../support/listening.ts'
import { openOrigin } from '../support/open-origin.ts'
import { FakeTerminal, run } from '../support/terminal.ts'

describe('the command put', () => {
  it('uploads standard input, and prints the response', async () => {
    const origin = await openOrigin({ response: { status: 201, body: 'stored' } })
    const { status, out, err } = await run(['put', '-', `${origin.url}/a`], { stdin: 'abc' })
    expect([status, out]).to.deep.equal([0, 'stored'])
    expect(err).to.match(/^stdin: 201 Created, go-ahead after \d+ ms, 3 B sent in .*\n$/)
    expect(origin.requests[0]).to.include({ method: 'PUT', path: '/a', asked: true, bytes: 3 })
  })

  it('uploads a file with the given method and fields', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: 'abc' })
    const how = ['--method', 'POST', '-H', 'X-Name: a: b', '-H', 'x-other:']
    const { status, err } = await run(['put', file, origin.url, ...how])
    expect(status).to.equal(0)
    expect(err).to.include('201 Created, not asked (small), 3 B sent')
    expect(origin.requests[0]).to.include({ method: 'POST', path: '/', asked: false, bytes: 3 })
    expect(origin.requests[0]?.headers).to.include({ 'x-name': 'a: b', 'x-other': '' })
  })

  for (const how of [[], ['--checksum', 'sha256'], ['--limit-rate', '1g']]) {
    it(`uploads from a named pipe ${how.join(' ')}`, async () => {
      const origin = await openOrigin()
      const [file = ''] = filesOf({ a: '' })
      const pipe = `${file}-pipe`
      execFileSync('mkfifo', [pipe])
      const writer = execFile('sh', ['-c', 'printf abc > "$0"', pipe])
      closeLater(() => void writer.kill())
      const { status, err } = await run(['put', pipe, origin.url, ...how])
      expect(status, err).to.equal(0)
      expect(origin.requests[0]).to.include({ asked: true, bytes: 3 })
    })
  }

  it('sends an expectation according to --expect', async () => {
    const origin = await openOrigin({ mode: 'silent' })
    const [file = ''] = filesOf({ a: Buffer.alloc(2048) })
    const asks = async (...how: string[]): Promise<boolean | undefined> => {
      await run(['put', file, origin.url, '--continue-timeout', '1', ...how])
      return origin.requests.at(-1)?.asked
    }
    expect(await asks('--expect', 'always')).to.equal(true)
    expect(await asks('--threshold', '3k')).to.equal(false)
    expect(await asks('--expect', 'never', '--threshold', '1')).to.equal(false)
  })

  it('waits as long as --continue-timeout says', async () => {
    const origin = await openOrigin({ mode: 'silent' })
    const how = ['--continue-timeout', '7', '--json']
    const { out } = await run(['put', '-', origin.url, ...how], { stdin: 'abc' })
    const { outcome, attempts } = JSON.parse(out)
    expect([outcome, attempts[0].waitLimitMs]).to.deep.equal(['silent', 7])
  })

  it('exits with 1 when the origin refuses, and does not print the response', async () => {
    const origin = await openOrigin({ mode: { status: 413, body: 'too much' } })
    const [file = ''] = filesOf({ a: Buffer.alloc(2048) })
    const { status, out, err } = await run(['put', file, origin.url, '--expect', 'always'])
    expect([status, out]).to.deep.equal([1, ''])
    expect(err).to.match(/: 413 .*, refused, 2.0 KiB not sent\n$/)
    expect(origin.requests[0]?.bytes).to.equal(0)
  })

  it('prints the response of an origin that refuses with --fail-with-body', async () => {
    const origin = await openOrigin({ mode: { status: 413, body: 'too much' } })
    const args = ['put', '-', origin.url, '--fail-with-body']
    const { status, out } = await run(args, { stdin: 'abc' })
    expect([status, out]).to.deep.equal([1, 'too much'])
  })

  it('prints that the upload was replayed after a 417', async () => {
    const origin = await openOrigin({ mode: 417 })
    const { status, err } = await run(['put', '-', origin.url], { stdin: 'abc' })
    expect(status).to.equal(0)
    expect(err).to.match(/201 Created, retried without Expect \(417\), 3 B sent in [^,]*\n$/)
  })

  it('prints why it sent no expectation', async () => {
    const origin = await openOrigin({ mode: 417 })
    const files = filesOf({ a: 'abc', b: 'abc', empty: '' })
    const how = ['--threshold', '2', '--concurrency', '1']
    const { err } = await run(['put', ...files, `${origin.url}/`, ...how])
    expect(err).to.match(/a: 201 Created, retried without Expect \(417\), 3 B sent/)
    expect(err).to.match(/b: 201 Created, not asked \(answered 417 before\), 3 B sent/)
    expect(err).to.match(/empty: 201 Created, not asked \(empty\)\n/)
  })

  it('prints the totals of all files at the end', async () => {
    const origin = await openOrigin({ mode: ({ path }) => (path === '/no' ? 413 : 'go') })
    const files = filesOf({ a: 'abc', b: 'abcd', no: 'refused' })
    const { err } = await run(['put', ...files, `${origin.url}/`, '--expect', 'always'])
    expect(err).to.match(/\n2 of 3 uploads accepted, 7 B sent in [\d.]+ m?s\n$/)
  })

  it('prints a report as a line of JSON instead of the response', async () => {
    const origin = await openOrigin({ response: { status: 201, body: 'stored' } })
    const args = ['put', '-', `${origin.url}/a?secret`, '--json', '--checksum', 'sha256']
    const { status, out } = await run(args, { stdin: 'abc' })
    expect(status).to.equal(0)
    expect(out).to.match(/^[^\n]*\n$/)
    expect(JSON.parse(out)).to.deep.include({
      file: '-',
      url: `${origin.url}/a`,
      status: 201,
      outcome: 'continued',
      sentBytes: 3,
      sha256: origin.requests[0]?.sha256,
    })
  })

  it('exits with 1 when no server listens, and reports that in JSON too', async () => {
    const origin = await openOrigin()
    const { url } = origin
    await origin.close()
    const { status, out, err } = await run(['put', '-', url, '--json'], { stdin: 'abc' })
    expect(status).to.equal(1)
    expect(err).to.match(/^stdin: 127\.0\.0\.1:\d+: connection refused\n$/)
    expect(JSON.parse(out)).to.deep.include({ file: '-', status: null })
    expect(JSON.parse(out).error).to.include({ code: 'ECONNREFUSED' })
  })

  it('exits with 1 when the response breaks off', async () => {
    const url = await serverUrl((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(201, { 'content-length': '6' }).write('sto')
        setImmediate(() => response.destroy())
      })
    })
    const { status, err } = await run(['put', '-', url, '--json'], { stdin: 'abc' })
    expect(status).to.equal(1)
    const why = 'the response is incomplete: the server closed the connection'
    expect(err)
      .to.match(/^stdin: 201 Created, .*\n/)
      .and.to.include(`\nstdin: ${why}\n`)
  })

  it('retries as often as --retry says', async () => {
    const origin = await openOrigin({
      mode: () => ({ status: 503, headers: { 'retry-after': '0' } }),
    })
    const [file = ''] = filesOf({ a: 'abc' })
    const { status } = await run(['put', file, origin.url, '--retry', '2'])
    expect(status).to.equal(1)
    expect(origin.requests).to.have.length(3)
  })

  it('prints errors only with -q', async () => {
    const origin = await openOrigin()
    const quiet = await run(['put', '-', origin.url, '-q'], { stdin: 'abc', columns: 80 })
    expect(quiet).to.deep.equal({ status: 0, out: '', err: '' })
    origin.mode = 413
    const { err } = await run(['put', '-', origin.url, '-q'], { stdin: 'abc' })
    expect(err).to.match(/^stdin: 413 /)
  })

  it('exits with 130 after Ctrl-C', async () => {
    const origin = await openOrigin({ response: 'nothing' })
    const terminal = new FakeTerminal({ stdin: 'abc', columns: 80 })
    const status = main(['put', '-', origin.url], terminal)
    await terminal.stderr.until(/sending +3 B/)
    terminal.emit('SIGINT')
    expect(await status).to.equal(130)
    expect(stripVTControlCharacters(terminal.err)).to.match(/stdin: cancelled, 3 B sent\n$/)
    expect(terminal.listenerCount('SIGINT')).to.equal(0)
  })
})

describe('the command put, with many files', () => {
  it('appends the name of each file to the URL of the collection', async () => {
    const origin = await openOrigin()
    const files = filesOf({ 'a b.bin': 'a', 'c?d%41': 'cc', 'ü/e': 'eee' })
    const { status, err } = await run(['put', ...files, `${origin.url}/dir/?x=y`])
    expect(status).to.equal(0)
    const seen = origin.requests.map(({ path, bytes }) => `${path} ${bytes}`)
    expect(seen).to.have.members(['/dir/a%20b.bin?x=y 1', '/dir/c%3Fd%2541?x=y 2', '/dir/e?x=y 3'])
    expect(err).to.match(/\n3 of 3 uploads accepted, \d+ B sent in [\d.]+ m?s\n$/)
  })

  it('appends the name of a single file too', async () => {
    const origin = await openOrigin()
    await run(['put', ...filesOf({ a: 'a' }), `${origin.url}/`])
    expect(origin.requests[0]?.path).to.equal('/a')
  })

  it('uploads as many files concurrently as --concurrency says', async () => {
    const held: ServerResponse[] = []
    // It answers in pairs, so sequential uploads would never finish.
    const url = await serverUrl((request, response) => {
      request.resume()
      held.push(response)
      if (held.length === 2) for (const each of held.splice(0)) each.writeHead(201).end()
    })
    const files = filesOf({ a: 'a', b: 'b', c: 'c', d: 'd' })
    const { status } = await run(['put', ...files, `${url}/`, '--concurrency', '2'])
    expect(status).to.equal(0)
  })

  it('continues with the other files when one is refused', async () => {
    const origin = await openOrigin({ mode: ({ path }) => (path === '/b' ? 413 : 'go') })
    const files = filesOf({ a: 'a', b: 'b', c: 'c' })
    const { status, out, err } = await run(['put', ...files, `${origin.url}/`, '--json'])
    expect(status).to.equal(1)
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => `${new URL(line.url).pathname} ${line.status}`)).to.have.members([
      '/a 201',
      '/b 413',
      '/c 201',
    ])
    expect(err).to.match(/\n2 of 3 uploads accepted, \d+ B sent in [\d.]+ m?s\n$/)
  })

  it('never mixes the responses', async () => {
    const body = 'x'.repeat(300_000)
    const origin = await openOrigin({
      response: ({ path }) => ({ status: 201, body: path + body + path }),
    })
    const files = filesOf({ a: 'a', b: 'b', c: 'c' })
    const { out } = await run(['put', ...files, `${origin.url}/`])
    expect(out.replaceAll(body, '.')).to.match(/^(\/[abc]\.\/[abc]\n){3}$/)
    for (const name of ['/a', '/b', '/c']) expect(out).to.include(name + body + name)
  })
})

async function serverUrl(serve: RequestListener): Promise<string> {
  const server = createServer(serve)
  const port = await listening(server)
  return `http://127.0.0.1:${port}`
}
