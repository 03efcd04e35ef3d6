import { expect } from 'chai'
import { main } from '../../lib/cli/main.ts'
import { openOrigin } from '../support/open-origin.ts'
import { FakeTerminal, run } from '../support/terminal.ts'

describe('main', () => {
  for (const [args, said] of [
    [[], 'Usage: expect-continue'],
    [['get'], "unknown command 'get'\nTry 'expect-continue --help'.\n"],
    [
      ['put', '-', 'http://a', '--so-fast'],
      "unknown option '--so-fast'\nTry 'expect-continue put --help'.\n",
    ],
    [['probe'], "missing required argument 'url'\nTry 'expect-continue probe --help'.\n"],
  ] as const) {
    it(`returns 2 and prints why: ${args.join(' ')}`, async () => {
      const { status, out, err } = await run(args)
      expect([status, out]).to.deep.equal([2, ''])
      expect(err).to.include(said)
    })
  }

  it('prints its usage on standard output', async () => {
    const { status, out, err } = await run(['--help'])
    expect([status, err]).to.deep.equal([0, ''])
    expect(out).to.match(/^Usage: expect-continue /)
  })

  it('prints its version', async () => {
    const { status, out } = await run(['--version'])
    expect(status).to.equal(0)
    expect(out).to.match(/^\d+\.\d+\.\d+\n$/)
  })

  it('prints one error and fails when standard output is full', async () => {
    const origin = await openOrigin({ response: { status: 201, body: 'stored' } })
    const terminal = new FakeTerminal({ stdin: 'abc' })
    const { stdout } = terminal
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    stdout._write = (_chunk, _encoding, done) => {
      stdout.emit('error', full)
      done()
    }
    expect(await main(['put', '-', origin.url], terminal)).to.equal(1)
    expect(terminal.err.match(/no space left/g)).to.have.length(1)
  })
})
