import {
  chownSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { main } from '../../lib/cli/main.ts'
import type { ResumableOptions, TestOrigin } from '../../lib/testing/index.ts'
import { startCommand } from '../support/command-child.ts'
import { filesOf } from '../support/command-origin.ts'
import { chunksOf } from '../support/contents.ts'
import { openOrigin } from '../support/open-origin.ts'
import { content, digest, faults } from '../support/resumable.ts'
import { FakeTerminal, run } from '../support/terminal.ts'
import { turns } from '../support/turns.ts'

function resumableOrigin(resumable: ResumableOptions = {}): Promise<TestOrigin> {
  return openOrigin({ mode: 'resumable', resumable })
}

/** The token files beside a file. */
function tokensBeside(file: string): string[] {
  return readdirSync(dirname(file)).filter((name) => name.endsWith('.upload.json'))
}

/** A file, and an upload of it that was cancelled with Ctrl-C when half of it had arrived. */
async function interrupted(
  origin: TestOrigin,
  ...how: string[]
): Promise<{ file: string; url: string; err: string; out: string }> {
  const [file = ''] = filesOf({ 'video.h264': content })
  const url = `${origin.url}/videos/1`
  const terminal = new FakeTerminal()
  const status = main(['put', file, url, '--resume', ...how], terminal)
  await arrived(origin, '/videos/1')
  terminal.emit('SIGINT')
  expect(await status).to.equal(130)
  return { file, url, err: terminal.err, out: terminal.out }
}

/** Resolves when half of an upload to this path has arrived. */
async function arrived(origin: TestOrigin, path: string): Promise<void> {
  const offset = (): number =>
    origin.uploads.find(({ target }) => target === `PUT ${path}`)?.offset ?? 0
  while (offset() < half.after) await turns()
}

const half = { after: 1_500_000, with: 'stall' } as const

describe('the command put with --resume', () => {
  it('resumes an upload after its connection broke', async () => {
    const origin = await resumableOrigin({ fault: faults({ after: 1_500_000, with: 'reset' }) })
    const [file = ''] = filesOf({ a: content })
    const { status, err } = await run(['put', file, `${origin.url}/a`, '--resume'])
    expect(status).to.equal(0)
    expect(err).to.match(/: 201 Created, resumed at 1\.4 MiB, [\d.]+ MiB sent in [^,]*\n$/)
    expect(origin.uploads).to.have.length(1)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    expect(tokensBeside(file)).to.deep.equal([])
  })

  it('keeps the token next to the file, and prints how to resume after Ctrl-C', async () => {
    const origin = await resumableOrigin({ fault: faults(half) })
    const { file, err, out } = await interrupted(origin, '--json')
    expect(err).to.match(/: cancelled, [\d.]+ MiB sent; the same command resumes it\n$/)
    const [name = '', ...others] = tokensBeside(file)
    expect(others).to.deep.equal([])
    expect(name).to.match(/^\.video\.h264\.[0-9a-f]{16}\.upload\.json$/)
    const path = `${dirname(file)}/${name}`
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.include({
      location: `${origin.url}/uploads/1`,
      length: content.length,
      version: 8,
    })
    expect(JSON.parse(out)).to.deep.include({ tokenFile: path })
    expect(origin.uploads[0]?.state).to.equal('open')
  })

  for (const how of [[], ['--checksum', 'sha256'], ['--limit-rate', '100M']]) {
    it(`resumes in the next run ${how.join(' ')}`, async () => {
      const origin = await resumableOrigin({ fault: faults(half) })
      const { file, url } = await interrupted(origin)
      const { status, err, out } = await run(['put', file, url, '--resume', ...how])
      expect(status).to.equal(0)
      expect(err).to.match(/: 201 Created, resumed at 1\.4 MiB, 1\.4 MiB sent in [^,]*\n$/)
      if (how.includes('sha256')) expect(out).to.equal(`${digest}  ${file}\n`)
      expect(origin.uploads).to.have.length(1)
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
      expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'HEAD', 'PATCH'])
      expect(tokensBeside(file)).to.deep.equal([])
    })
  }

  it('keeps separate tokens for uploads of one file to two URLs', async () => {
    const origin = await resumableOrigin({ fault: faults(half) })
    const { file, url } = await interrupted(origin)
    const other = await run(['put', file, `${url}?b`, '--resume'])
    expect(other.err).to.match(/: 201 Created, go-ahead/)
    expect(tokensBeside(file)).to.have.length(1)
    await run(['put', file, url, '--resume'])
    expect(origin.uploads.map(({ target, sha256 }) => [target, sha256])).to.deep.equal([
      ['PUT /videos/1', digest],
      ['PUT /videos/1?b', digest],
    ])
  })

  it('prints what to do when the server no longer has the upload', async () => {
    const origin = await resumableOrigin({ fault: faults(half) })
    const { file, url } = await interrupted(origin)
    await fetch(`${origin.url}/uploads/1`, { method: 'DELETE' })
    const { status, err } = await run(['put', file, url, '--resume'])
    const path = `${dirname(file)}/${tokensBeside(file)[0]}`
    expect(status).to.equal(1)
    expect(err).to.equal(
      `${file}: The upload cannot be resumed: the server answered 410; it may be complete, so look there first, and remove ${path} to upload it from the beginning\n`,
    )
    expect(origin.uploads).to.have.length(1)
  })

  for (const how of [[], ['--checksum', 'sha256']]) {
    it(`does not resume a file that changed ${how.join(' ')}`, async () => {
      const origin = await resumableOrigin({ fault: faults(half) })
      const { file, url } = await interrupted(origin)
      utimesSync(file, 1, 1)
      const { status, err } = await run(['put', file, url, '--resume', ...how])
      expect(status).to.equal(1)
      expect(err).to.match(/; remove \S+\.upload\.json to upload it from the beginning\n$/)
      expect(tokensBeside(file)).to.have.length(1)
      expect(origin.requests).to.have.length(1)
    })
  }

  it('does not use a file without a valid token', async () => {
    const origin = await resumableOrigin({ fault: faults(half) })
    const { file, url } = await interrupted(origin)
    const path = `${dirname(file)}/${tokensBeside(file)[0]}`
    writeFileSync(path, '{}')
    const { status, err } = await run(['put', file, url, '--resume'])
    expect(status).to.equal(1)
    expect(err).to.equal(
      `${file}: ${path} is not a file that --resume wrote; remove it to upload\n`,
    )
  })

  it('does not use the token file of another user', async () => {
    const origin = await resumableOrigin({ fault: faults(half) })
    const { file, url } = await interrupted(origin)
    const path = `${dirname(file)}/${tokensBeside(file)[0]}`
    if (process.getuid?.() === 0) chownSync(path, 1, 1)
    else {
      // Only root can give a file to another user. Other users link to a file of root.
      rmSync(path)
      symlinkSync('/etc/hosts', path)
    }
    const { status, err } = await run(['put', file, url, '--resume'])
    expect(status).to.equal(1)
    expect(err).to.equal(`${file}: ${path} belongs to another user; remove it to upload\n`)
    expect(origin.requests).to.have.length(1)
  })

  it('prints how to resume after a temporary refusal, and does not print the token', async () => {
    const fault = { after: 100_000, with: 503 }
    const origin = await resumableOrigin({
      fault: ({ method }) => (method === 'HEAD' ? null : fault),
      alter: (fields, status) => (status === 503 ? { ...fields, 'retry-after': '60' } : fields),
    })
    const [file = ''] = filesOf({ a: content })
    const { status, err, out } = await run(['put', file, `${origin.url}/a`, '--resume', '--json'])
    expect(status).to.equal(1)
    expect(err).to.match(/: 503 Service Unavailable, .*, the same command resumes it\n$/)
    expect(JSON.parse(out)).to.deep.include({
      status: 503,
      tokenFile: `${dirname(file)}/${tokensBeside(file)[0]}`,
    })
    expect(out).to.not.include('/uploads/1')
  })

  it('retries as often as --retry says', async () => {
    const unavailable = { status: 503, headers: { 'retry-after': '0' } }
    const origin = await openOrigin({
      mode: ({ method }) => (method === 'PUT' ? 'resumable' : unavailable),
      resumable: { fault: faults({ after: 100_000, with: 'reset' }) },
    })
    const [file = ''] = filesOf({ a: content })
    const args = ['put', file, `${origin.url}/a`, '--resume', '--retry', '2']
    const { status, err } = await run(args)
    expect(status).to.equal(1)
    expect(err).to.match(/the server answered 503; the same command resumes it\n$/)
    expect(origin.requests.map(({ method }) => method)).to.deep.equal(['PUT', 'HEAD', 'HEAD'])
  })

  it('resumes folders, and does not upload token files in them', async () => {
    const origin = await resumableOrigin({
      fault: ({ path }) => (path === '/a.bin' ? half : null),
    })
    const [file = ''] = filesOf({ 'a.bin': content, 'b.bin': content })
    const folder = `${dirname(file)}/`
    const args = ['put', '-r', folder, `${origin.url}/`, '--resume']
    const terminal = new FakeTerminal()
    const status = main(args, terminal)
    await arrived(origin, '/a.bin')
    terminal.emit('SIGINT')
    expect(await status).to.equal(130)
    const { err } = await run(args)
    expect(err).to.include('a.bin: 201 Created, resumed at 1.4 MiB')
    expect(err).to.include('2 of 2 uploads accepted')
    const ofA = origin.uploads.filter(({ target }) => target === 'PUT /a.bin')
    expect(ofA.map(({ sha256 }) => sha256)).to.deep.equal([digest])
    // Not uploaded without --resume either: with the token, anybody could change the upload.
    writeFileSync(`${folder}.${basename(file)}.0123456789abcdef.upload.json`, '{}')
    const plain = await run(['put', '-r', folder, `${origin.url}/again/`])
    expect(plain.err).to.include('2 of 2 uploads accepted')
  })

  it('resumes standard input in the same run, from its replay window', async () => {
    const origin = await resumableOrigin({ fault: faults({ after: 1_500_000, with: 'reset' }) })
    const stdin = Readable.from(chunksOf(content, 30))
    const { status, err } = await run(['put', '-', `${origin.url}/a`, '--resume'], { stdin })
    expect(err).to.match(/^stdin: 201 Created, resumed at 1\.4 MiB, /)
    expect(status).to.equal(0)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('cancels an upload of standard input at the server after Ctrl-C', async () => {
    const origin = await resumableOrigin({ fault: faults(half) })
    const stdin = Readable.from(chunksOf(content, 30))
    const terminal = new FakeTerminal({ stdin })
    const status = main(['put', '-', `${origin.url}/a`, '--resume'], terminal)
    await arrived(origin, '/a')
    terminal.emit('SIGINT')
    expect(await status).to.equal(130)
    expect(terminal.err).to.match(/^stdin: cancelled, [\d.]+ MiB sent\n$/)
    expect(origin.uploads.map(({ state }) => state)).to.deep.equal(['cancelled'])
  })

  it('uploads to a server that does not support resumption', async () => {
    const origin = await openOrigin()
    const [file = ''] = filesOf({ a: content })
    const { status, err } = await run(['put', file, `${origin.url}/a`, '--resume'])
    expect(status).to.equal(0)
    expect(err).to.include('201 Created, go-ahead')
    expect(tokensBeside(file)).to.deep.equal([])
  })

  it('prints that the token cannot be kept, and uploads', async () => {
    const origin = await resumableOrigin({ fault: faults({ after: 1_500_000, with: 'reset' }) })
    // A name of 255 bytes cannot be longer, so the token file cannot be created.
    const [file = ''] = filesOf({ ['a'.repeat(255)]: content })
    const { status, err } = await run(['put', file, `${origin.url}/a`, '--resume'])
    expect(status).to.equal(0)
    expect(err).to.match(/: the state of the upload cannot be kept: .*name too long\n/)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('resumes after SIGKILL', async () => {
    let kill = (): unknown => null
    const stall = { after: 400_000, with: 'stall' } as const
    const origin = await resumableOrigin({
      offsetEvery: 100_000,
      fault: ({ method, number }) => (method !== 'HEAD' && number < 6 ? stall : null),
      alter: (fields, status, { number }) => {
        if (status === 104 && fields['upload-offset'] !== undefined && number < 6) kill()
        return fields
      },
    })
    const [file = ''] = filesOf({ a: content })
    const args = ['put', file, `${origin.url}/a`, '--resume']
    for (let times = 0; times < 3; times += 1) {
      const { process, ended } = startCommand(args)
      kill = () => process.kill('SIGKILL')
      expect((await ended).status).to.equal('SIGKILL')
      expect(tokensBeside(file)).to.have.length(1)
    }
    const { status, err } = await startCommand(args).ended
    expect(err).to.match(/: 201 Created, resumed at /)
    expect(status).to.equal(0)
    expect(origin.uploads).to.have.length(1)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    const onTheWire = origin.requests.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(onTheWire).to.be.within(content.length, 2 * content.length)
    expect(tokensBeside(file)).to.deep.equal([])
  }).timeout(30_000)
})
