import { Readable, Writable } from 'node:stream'
import { expect } from 'chai'
import { main } from '../lib/cli/main.ts'
import { type OriginMode, startOrigin, type TestOrigin } from '../lib/testing/index.ts'
import { closeLater } from './support/closing.ts'

interface Run {
  readonly status: number
  readonly out: string
  readonly err: string
}

async function run(args: string[], stdin = ''): Promise<Run> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const terminal = { stdin: Readable.from([stdin]), stdout: sink(out), stderr: sink(err) }
  const status = await main(args, terminal)
  return { status, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}

function sink(chunks: Buffer[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
}

async function originOf(mode: OriginMode): Promise<TestOrigin> {
  const origin = await startOrigin({ mode })
  closeLater(() => origin.close())
  return origin
}

describe('the command put', () => {
  it('uploads standard input and prints the report as JSON', async () => {
    const origin = await originOf('go')
    const { status, out } = await run(['put', '-', `${origin.url}/a`, '--json'], 'abc')
    expect(status).to.equal(0)
    expect(JSON.parse(out)).to.include({ outcome: 'continued', sentBytes: 3 })
    expect(origin.requests[0]).to.include({ method: 'PUT', asked: true, bytes: 3 })
  })

  it('uploads a file with the method and the fields it is given', async () => {
    const origin = await originOf('go')
    const file = new URL('../LICENSE', import.meta.url).pathname
    const args = [
      'put',
      file,
      origin.url,
      '--method',
      'POST',
      '-H',
      'X-Name: a: b',
      '--expect',
      'never',
    ]
    const { status, err } = await run(args)
    expect(status).to.equal(0)
    expect(err).to.match(/^201 Created: not-asked, /)
    expect(origin.requests[0]).to.include({ method: 'POST', asked: false })
    expect(origin.requests[0]?.headers).to.include({ 'x-name': 'a: b' })
  })

  it('ends with 1 when the origin refuses', async () => {
    const origin = await originOf(413)
    const { status, err } = await run(['put', '-', origin.url], 'abc')
    expect(status).to.equal(1)
    expect(err).to.match(/^413 .*: refused, waited .* ms, 0 bytes of content sent/)
    expect(origin.requests[0]?.bytes).to.equal(0)
  })

  it('ends with 1 when nobody listens', async () => {
    const origin = await startOrigin()
    const { url } = origin
    await origin.close()
    const { status, err } = await run(['put', '-', url], 'abc')
    expect(status).to.equal(1)
    expect(err).to.match(/^expect-continue: .*ECONNREFUSED/)
  })

  for (const [args, said] of [
    [[], "unknown command ''"],
    [['get'], "unknown command 'get'"],
    [['put', '-'], 'put needs a file and a URL'],
    [['put', '-', 'http://a', 'b'], "unexpected 'b'"],
    [['put', '-', 'nowhere'], 'Invalid URL'],
    [['put', '/no/such/file', 'http://a'], 'ENOENT'],
    [['put', '-', 'http://a', '-H', 'x'], "'x' is no header field"],
    [
      ['put', '-', 'http://a', '--expect', 'so'],
      "--expect must be auto, always or never, not 'so'",
    ],
    [['put', '-', 'http://a', '--threshold', '1k'], "'1k' is not a whole number"],
    [['put', '-', 'http://a', '--fast'], "Unknown option '--fast'"],
  ] as const) {
    it(`ends with 2 and says why: ${args.join(' ')}`, async () => {
      const { status, out, err } = await run([...args])
      expect([status, out]).to.deep.equal([2, ''])
      expect(err).to.include(said).and.include('Usage:')
    })
  }

  it('prints its usage', async () => {
    const { status, out } = await run(['--help'])
    expect(status).to.equal(0)
    expect(out).to.match(/^Usage: expect-continue put/)
  })
})
