import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { checksumField } from '../../lib/cli/file-upload.ts'
import { filesOf } from '../support/command-origin.ts'
import { openOrigin } from '../support/open-origin.ts'
import { run } from '../support/terminal.ts'

const large = Buffer.alloc(2_500_000, 'content')

function sumOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

describe('the checksum of an upload', () => {
  it('is printed as sha256sum does', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: large })
    const { status, out } = await run(['put', file, origin.url, '--checksum', 'sha256'])
    expect([status, out]).to.deep.equal([0, `${sumOf(large)}  ${file}\n`])
    expect(origin.requests[0]?.sha256).to.equal(sumOf(large))
  })

  it('is also printed for an empty file', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: '' })
    const { out } = await run(['put', file, origin.url, '--checksum', 'sha256'])
    expect(out).to.equal(`${sumOf('')}  ${file}\n`)
  })

  it('is printed for standard input', async () => {
    const origin = await openOrigin()
    const args = ['put', '-', origin.url, '--checksum', 'sha256']
    const { out } = await run(args, { stdin: 'abc' })
    expect(out).to.equal(`${sumOf('abc')}  -\n`)
  })

  it('is that of the accepted attempt', async () => {
    const origin = await openOrigin()
    origin.mode = () => (origin.requests.length === 1 ? 417 : 'go')
    const [file = ''] = filesOf({ a: large })
    const { out, err } = await run(['put', file, origin.url, '--checksum', 'sha256'])
    expect(err).to.include('retried without Expect')
    expect(out).to.equal(`${sumOf(large)}  ${file}\n`)
  })

  it('is computed again when the content is sent again', async () => {
    let served = 0
    const origin = await openOrigin({
      response: () => ({ status: served++ === 0 ? 503 : 201, headers: { 'retry-after': '0' } }),
    })
    const [file = ''] = filesOf({ a: large })
    const args = ['put', file, origin.url, '--checksum', 'sha256', '--retry', '1']
    const { out } = await run(args)
    expect(origin.requests.map(({ bytes }) => bytes)).to.deep.equal([large.length, large.length])
    expect(out).to.equal(`${sumOf(large)}  ${file}\n`)
  })

  it('is not printed when the content was not sent', async () => {
    const origin = await openOrigin({ mode: 413 })
    const [file = ''] = filesOf({ a: large })
    const { status, out } = await run(['put', file, origin.url, '--checksum', 'sha256'])
    expect([status, out]).to.deep.equal([1, ''])
  })

  it('is sent before the content in a field', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: large })
    const { status, out } = await run(['put', file, origin.url, '--checksum-header', 'X-Sum'])
    expect([status, out]).to.deep.equal([0, ''])
    expect(origin.requests[0]?.headers).to.include({ 'x-sum': sumOf(large) })
  })

  it('fails the upload when the file changed after the checksum was sent', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: large })
    origin.mode = () => {
      writeFileSync(file, Buffer.alloc(large.length, 'other'))
      return 'go'
    }
    const how = ['--checksum-header', 'X-Sum']
    const { status, err } = await run(['put', file, origin.url, ...how])
    expect(status).to.equal(1)
    expect(err).to.include('the file changed after its checksum was sent')
  })
})

describe('checksumField', () => {
  const hex = sumOf('abc')
  const digest = 'sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:'

  for (const [name, value] of [
    ['X-Checksum-Sha256', hex],
    ['Content-Digest', digest],
    ['repr-digest', digest],
  ] as const) {
    it(`is ${value} in ${name}`, () => {
      expect(checksumField(name, hex)).to.equal(value)
    })
  }
})
