import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type UploadOptions, type UploadResult, upload } from '../../lib/client/upload.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { temporaryFolder } from '../support/files.ts'
import { withoutDelay } from '../support/resumable.ts'
import { served } from '../support/served.ts'
import { turns } from '../support/turns.ts'

const content = noise(2_000_000)
const digest = sha256(content)

function send(url: string, options: UploadOptions = {}): Promise<UploadResult> {
  return upload(url, content, { dispatcher: agentFor(), resume: withoutDelay, ...options })
}

describe('the command serve in the mode resumable', () => {
  it('accepts a resumed upload, stores it, and prints a line for each request', async () => {
    const place = temporaryFolder()
    const how = ['--mode', 'resumable', '--store', place, '--fault', 'reset:1m']
    const { url, terminal } = await served(...how)
    const { response, report } = await send(`${url}/a/b?c`)
    expect([response.status, report.outcome]).to.deep.equal([201, 'resumed'])
    expect(sha256(readFileSync(join(place, 'a/b')))).to.equal(digest)
    expect(readdirSync(join(place, 'a'))).to.deep.equal(['b'])
    await terminal.stdout.until(/PATCH.*\n/)
    const lines = terminal.out.split('\n').map((line) => line.split(/ {2,}/))
    expect(lines.map(([status, method]) => `${status} ${method}`)).to.have.members([
      ...['--- PUT', '204 HEAD', '201 PATCH', ' undefined'],
    ])
    const last = lines.find(([, method]) => method === 'PATCH')
    expect(last?.slice(3)).to.deep.equal([
      String(content.length - 1_048_576),
      digest.slice(0, 12),
      '/uploads/1',
    ])
  })

  it('makes one fault after the other', async () => {
    const faults = ['reset:64k', '503:64k', 'reset:0'].flatMap((fault) => ['--fault', fault])
    const { url, terminal } = await served('--mode', 'resumable', ...faults)
    const { response, report } = await send(`${url}/a`)
    expect(response.status).to.equal(201)
    expect(report.attempts.filter(({ reason }) => reason === 'resume')).to.have.length(3)
    await terminal.stdout.until(/^201 .*\n/m)
  })

  it('stops reading where the fault says', async () => {
    const { url } = await served('--mode', 'resumable', '--fault', 'stall:64k')
    // Only the first request may run into its timeout.
    const { report } = await send(`${url}/a`, { timeouts: { stall: 500, headers: 500 } })
    expect(report.outcome).to.equal('resumed')
  })

  it('stores an upload of a client that does not support resumption', async () => {
    const place = temporaryFolder()
    const { url } = await served('--mode', 'resumable', '--store', place)
    const { response } = await send(`${url}/a`, { resume: false })
    expect(response.status).to.equal(201)
    expect(sha256(readFileSync(join(place, 'a')))).to.equal(digest)
  })

  for (const [what, resume] of [
    ['that is cancelled', withoutDelay],
    ['that cannot be resumed', false],
  ] as const) {
    it(`removes the file of an upload ${what}`, async () => {
      const place = temporaryFolder()
      const { url, terminal } = await served('--mode', 'resumable', '--store', place)
      const broken = async function* (): AsyncGenerator<Buffer> {
        yield content
        throw new Error('broken')
      }
      const options = { dispatcher: agentFor(), resume }
      const failure = await upload(`${url}/a`, broken(), options).catch((error) => error)
      expect(failure.message).to.equal('broken')
      await terminal.stdout.until(/^--- .*\n/m)
      while (readdirSync(place).length > 0) await turns()
    })
  }

  it('removes the file of an open upload when it exits', async () => {
    const place = temporaryFolder()
    const how = ['--mode', 'resumable', '--store', place, '--fault', '503:64k']
    const { url, stop } = await served(...how)
    await send(`${url}/a`, { resume: { attempts: 0, onToken: () => {} } })
    while (readdirSync(place).length === 0) await turns()
    expect(await stop()).to.equal(130)
    while (readdirSync(place).length > 0) await turns()
  })

  it('answers 500 and prints why when content cannot be stored', async () => {
    const place = temporaryFolder()
    mkdirSync(join(place, 'a'))
    const { url, terminal } = await served('--mode', 'resumable', '--store', place)
    const { response } = await send(`${url}/a`)
    expect(response.status).to.equal(500)
    expect(terminal.err).to.match(/cannot store \S+\/a: illegal operation on a directory$/m)
  })

  it('prints when a folder cannot be written to', async () => {
    const place = temporaryFolder()
    const { url, terminal } = await served('--mode', 'resumable', '--store', place)
    await send(`${url}/a`)
    const { response } = await send(`${url}/a/b`)
    expect(response.status).to.equal(500)
    expect(terminal.err).to.match(/cannot store \S+\/a: (not a directory|file already exists)$/m)
  })

  it('refuses a path without a file name before the content', async () => {
    const { url } = await served('--mode', 'resumable', '--store', temporaryFolder())
    const { response, report } = await send(`${url}/a/`)
    expect([response.status, report.sentBytes]).to.deep.equal([400, 0])
  })
})
