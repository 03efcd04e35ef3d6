import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type UploadResult, upload } from '../../lib/client/upload.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { temporaryFolder } from '../support/files.ts'
import { served } from '../support/served.ts'
import { run } from '../support/terminal.ts'

const content = noise(2_000_000)

function send(url: string): Promise<UploadResult> {
  return upload(url, content, { dispatcher: agentFor() })
}

describe('the store of the command serve', () => {
  it('stores content by its path', async () => {
    const place = temporaryFolder()
    const { url } = await served('--store', place)
    await send(`${url}/b/c%20d?e`)
    await send(`${url}/b/c%20d`)
    expect(readdirSync(join(place, 'b'))).to.deep.equal(['c d'])
    expect(sha256(readFileSync(join(place, 'b/c d')))).to.equal(sha256(content))
  })

  it('keeps the stored file until new content is complete', async () => {
    const place = temporaryFolder()
    const { url, terminal } = await served('--store', place)
    await send(`${url}/a`)
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield content
      throw new Error('broken')
    }
    const failure = await upload(`${url}/a`, broken(), { dispatcher: agentFor() }).catch(
      (error) => error,
    )
    expect(failure.message).to.equal('broken')
    await terminal.stdout.until(/^---/m)
    expect(sha256(readFileSync(join(place, 'a')))).to.equal(sha256(content))
  })

  for (const path of ['/', '/a/', '/a//b', '/..%2fa', '/%2e%2e%2fa', '/a%00', '/..%5ca', '/%']) {
    it(`refuses to store ${path}`, async () => {
      const place = temporaryFolder()
      const { url } = await served('--store', join(place, 'inner'))
      const { response, report } = await send(url + path)
      expect([response.status, report.sentBytes]).to.deep.equal([400, 0])
      expect(readdirSync(place)).to.deep.equal([])
    })
  }

  it('answers 500 and prints why when content cannot be stored', async () => {
    const place = temporaryFolder()
    mkdirSync(join(place, 'a'))
    const { url, terminal } = await served('--store', place)
    const { response } = await send(`${url}/a`)
    expect(response.status).to.equal(500)
    expect(terminal.err).to.match(
      /^expect-continue: cannot store \S+\/a: illegal operation on a directory$/m,
    )
    expect(readdirSync(place)).to.deep.equal(['a'])
  })

  it('prints why when there is a file in place of a folder', async () => {
    const place = temporaryFolder()
    const { url, terminal } = await served('--store', place)
    await send(`${url}/a`)
    const { response } = await send(`${url}/a/b`)
    expect(response.status).to.equal(500)
    expect(terminal.err).to.match(
      /^expect-continue: cannot store \S+\/a: (not a directory|file already exists)$/m,
    )
    expect(readdirSync(place)).to.deep.equal(['a'])
    const { status, err } = await run(['serve', '--store', join(place, 'a')])
    expect([status, err]).to.deep.equal([
      1,
      `expect-continue: --store: ${join(place, 'a')}: not a folder\n`,
    ])
  })
})
