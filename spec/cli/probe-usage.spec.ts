import { expect } from 'chai'
import { main } from '../../lib/cli/main.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { nodeServer, patient } from '../support/probed.ts'
import { FakeTerminal, run } from '../support/terminal.ts'

describe('the exit status of the command probe', () => {
  it('is 130 when it is cancelled during the wait', async () => {
    const terminal = new FakeTerminal()
    const url = await nodeServer(() => terminal.emit('SIGINT'))
    expect(await main(['probe', url, ...patient], terminal)).to.equal(130)
  })

  it('is 1 when the content could not be sent, and the report is printed', async () => {
    const origin = await startOrigin({ mode: 'reset' })
    closeLater(() => origin.close())
    const args = ['probe', origin.url, ...patient, '--rounds', '1', '--send']
    const plain = await run(args)
    expect(plain.status).to.equal(1)
    expect(plain.out).to.match(/^Sent {6}the upload failed: the server closed the connection/m)
    const { status, out } = await run([...args, '--json'])
    expect(status).to.equal(1)
    expect(JSON.parse(out).sent.error).to.equal('the server closed the connection')
  })

  it('is 1 when no server listens', async () => {
    const origin = await startOrigin()
    await origin.close()
    const { status, err } = await run(['probe', origin.url])
    expect(status).to.equal(1)
    expect(err).to.match(/^expect-continue: .*: connection refused\n/)
  })

  for (const [args, said] of [
    [[], "missing required argument 'url'"],
    [['nowhere'], "'nowhere' is no http or https URL"],
    [['http://user:secret@127.0.0.1/'], 'the URL for 127.0.0.1 holds credentials'],
    [['http://127.0.0.1/', '-X', 'GET'], 'GET has no content to ask about'],
    [['http://127.0.0.1/', '-H', 'Expect:'], 'the probe writes the header field Expect itself'],
    [['http://127.0.0.1/', '-H', 'content-length: 5'], 'field content-length itself; see --size'],
    [['http://127.0.0.1/', '--size', '0'], 'there is nothing to ask about'],
    [['http://127.0.0.1/', '--rounds', '0'], 'It must be 1 or more'],
  ] as const) {
    it(`is 2 with a message: ${args.join(' ')}`, async () => {
      const { status, out, err } = await run(['probe', ...args])
      expect([status, out]).to.deep.equal([2, ''])
      expect(err).to.include(said)
      expect(err).not.to.include('secret')
    })
  }
})
