import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { type OriginMode, startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { run } from '../support/terminal.ts'

const license = fileURLToPath(new URL('../../LICENSE', import.meta.url))

async function originOf(mode: OriginMode): Promise<TestOrigin> {
  const origin = await startOrigin({ mode })
  closeLater(() => origin.close())
  return origin
}

describe('the command put', () => {
  it('uploads standard input and prints the report as JSON', async () => {
    const origin = await originOf('go')
    const { status, out } = await run(['put', '-', `${origin.url}/a`, '--json'], { stdin: 'abc' })
    expect(status).to.equal(0)
    expect(JSON.parse(out)).to.include({ outcome: 'continued', sentBytes: 3 })
    expect(origin.requests[0]).to.include({ method: 'PUT', asked: true, bytes: 3 })
  })

  it('uploads a file with the method and the fields it is given', async () => {
    const origin = await originOf('go')
    const how = ['--method', 'POST', '-H', 'X-Name: a: b', '--expect', 'never']
    const { status, err } = await run(['put', license, origin.url, ...how])
    expect(status).to.equal(0)
    expect(err).to.match(/^201 Created: not-asked/)
    expect(origin.requests[0]).to.include({ method: 'POST', asked: false })
    expect(origin.requests[0]?.headers).to.include({ 'x-name': 'a: b' })
  })

  it('ends with 1 when the origin refuses', async () => {
    const origin = await originOf(413)
    const { status, err } = await run(['put', '-', origin.url], { stdin: 'abc' })
    expect(status).to.equal(1)
    expect(err).to.match(/^413 .*: refused/)
    expect(origin.requests[0]?.bytes).to.equal(0)
  })

  it('ends with 1 when nobody listens', async () => {
    const origin = await startOrigin()
    const { url } = origin
    await origin.close()
    const { status, err } = await run(['put', '-', url], { stdin: 'abc' })
    expect(status).to.equal(1)
    expect(err).to.match(/^expect-continue: .*ECONNREFUSED/)
  })
})
