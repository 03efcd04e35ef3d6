import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { filesOf } from '../support/command-origin.ts'
import { temporaryFolder } from '../support/files.ts'
import { openOrigin } from '../support/open-origin.ts'
import { served } from '../support/served.ts'
import { run } from '../support/terminal.ts'

describe('put --skip-existing', () => {
  it('sends no content for an existing file, and counts it as skipped', async () => {
    const place = temporaryFolder()
    const { url, terminal } = await served('--store', place)
    const files = filesOf({ a: 'first', b: 'other' })
    expect((await run(['put', files[0] ?? '', `${url}/`])).status).to.equal(0)
    const [changed = ''] = filesOf({ a: 'second' })
    const args = ['put', changed, files[1] ?? '', `${url}/`, '--skip-existing']
    const { status, out, err } = await run(args)
    expect([status, out]).to.deep.equal([0, ''])
    expect(err).to.include(`${changed}: skipped, it is there already\n`)
    expect(err).to.match(/\n1 of 2 uploads accepted, 1 skipped, \d+ B sent in [^,]*\n$/)
    expect(readFileSync(join(place, 'a'), 'utf8')).to.equal('first')
    await terminal.stdout.until(/^412 .*\/a$/m)
    expect(terminal.out).to.match(/^412 {2}PUT {5}asked {15}0 /m)
  })

  it('sends an expectation for each file by default', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: 'abc' })
    await run(['put', file, origin.url, '--skip-existing'])
    await run(['put', file, origin.url, '--skip-existing', '--threshold', '1M'])
    expect(origin.requests.map(({ asked }) => asked)).to.deep.equal([true, false])
    expect(origin.requests[0]?.headers['if-none-match']).to.equal('*')
  })

  it('reports skipped files in JSON', async () => {
    const origin = await openOrigin({ mode: 412 })
    const [file = ''] = filesOf({ a: 'abc' })
    const { status, out } = await run(['put', file, origin.url, '--skip-existing', '--json'])
    expect(status).to.equal(0)
    expect(JSON.parse(out)).to.include({ status: 412, skipped: true, sentBytes: 0 })
  })

  it('prints what it would skip in a dry run', async () => {
    const origin = await openOrigin({ mode: 412 })
    const [file = ''] = filesOf({ a: 'abc' })
    const { status, err } = await run(['put', file, origin.url, '--skip-existing', '--dry-run'])
    expect([status, err]).to.deep.equal([0, `${file}: skipped, it is there already\n`])
  })

  it('reports a 412 to a condition of the caller as a refusal', async () => {
    const origin = await openOrigin({ mode: 412 })
    const [file = ''] = filesOf({ a: 'abc' })
    const { status, err } = await run(['put', file, origin.url, '-H', 'If-Match: "a"'])
    expect(status).to.equal(1)
    expect(err).to.include(': 412 Precondition Failed')
  })
})
