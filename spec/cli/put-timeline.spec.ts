import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { filesOf } from '../support/command-origin.ts'
import { temporaryFile } from '../support/files.ts'
import { openOrigin } from '../support/open-origin.ts'
import { run } from '../support/terminal.ts'

describe('the command put, with --timeline', () => {
  it('writes the timeline of an upload to an SVG file', async () => {
    const origin = await openOrigin({ mode: 417 })
    const file = `${temporaryFile()}.svg`
    const { status } = await run(['put', '-', origin.url, '--timeline', file], { stdin: 'abc' })
    expect(status).to.equal(0)
    const svg = readFileSync(file, 'utf8')
    expect(svg).to.match(/^<svg /)
    expect(svg).to.include('417')
  })

  it('prints each timeline as text on standard error, after the result', async () => {
    const origin = await openOrigin({ mode: 413 })
    const files = filesOf({ a: 'abc', b: 'abc' })
    const how = ['--timeline', '-', '--expect', 'always', '--concurrency', '1']
    const { out, err } = await run(['put', ...files, `${origin.url}/`, ...how])
    expect(out).to.equal('')
    const heads = err.split('\n').filter((line) => line.includes('expect: 100-continue'))
    expect(heads).to.have.length(2)
    expect(err.indexOf('refused')).to.be.below(err.indexOf('expect: 100-continue'))
  })

  it('uploads and exits with 1 when the file cannot be written', async () => {
    const origin = await openOrigin()
    const file = join(temporaryFile(), 'none.svg')
    const { status, err } = await run(['put', '-', origin.url, '--timeline', file], {
      stdin: 'abc',
    })
    expect(status).to.equal(1)
    expect(err).to.match(/The timeline could not be written: .*none\.svg: no such file/)
    expect(origin.requests[0]?.bytes).to.equal(3)
  })

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['a file of another kind', 'timeline.png', /must be a file that ends in \.svg/],
    ['one file for several uploads', 'timeline.svg', /draws one upload into a file/],
  ]
  for (const [what, file, message] of wrong) {
    it(`rejects ${what}`, async () => {
      const origin = await openOrigin()
      const files = filesOf({ a: 'abc', b: 'abc' })
      const { status, err } = await run(['put', ...files, `${origin.url}/`, '--timeline', file])
      expect(status).to.equal(2)
      expect(err).to.match(message)
      expect([origin.requests.length, existsSync(file)]).to.deep.equal([0, false])
    })
  }
})
