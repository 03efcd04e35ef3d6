import { expect } from 'chai'
import { run } from '../support/terminal.ts'

describe('main', () => {
  for (const [args, said] of [
    [[], 'Usage: expect-continue'],
    [['get'], "unknown command 'get'"],
    [['put', '-', 'http://a', '--fast'], "unknown option '--fast'"],
  ] as const) {
    it(`ends with 2 and says why: ${args.join(' ')}`, async () => {
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
})
