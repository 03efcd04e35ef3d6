import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { overallLine } from '../../lib/cli/progress-line.ts'
import { filesOf } from '../support/command-origin.ts'
import { temporaryFolder } from '../support/files.ts'
import { openOrigin } from '../support/open-origin.ts'
import { served } from '../support/served.ts'
import { run } from '../support/terminal.ts'

/** A folder with files on several levels. */
function folderOf(): string {
  const [file = ''] = filesOf({ 'in/a b': 'one', 'in/sub/c?d': 'two', 'in/sub/deep/e%41': '' })
  return join(file, '..')
}

async function pathsOf(...args: string[]): Promise<string[]> {
  const origin = await openOrigin()
  const { status } = await run(['put', '-r', ...args, `${origin.url}/to/?x=y`])
  expect(status).to.equal(0)
  return origin.requests.map(({ path, bytes }) => `${path} ${bytes}`).sort()
}

describe('the command put, with -r', () => {
  it('keeps paths and the name of the folder', async () => {
    expect(await pathsOf(folderOf())).to.deep.equal([
      '/to/in/a%20b?x=y 3',
      '/to/in/sub/c%3Fd?x=y 3',
      '/to/in/sub/deep/e%2541?x=y 0',
    ])
  })

  for (const end of ['/', '/.']) {
    it(`omits the name of a folder that is followed by ${end}`, async () => {
      expect(await pathsOf(folderOf() + end)).to.deep.equal([
        '/to/a%20b?x=y 3',
        '/to/sub/c%3Fd?x=y 3',
        '/to/sub/deep/e%2541?x=y 0',
      ])
    })
  }

  it('accepts files and folders together', async () => {
    const [file = ''] = filesOf({ f: 'f' })
    expect(await pathsOf(`${folderOf()}/sub/deep`, file)).to.deep.equal([
      '/to/deep/e%2541?x=y 0',
      '/to/f?x=y 1',
    ])
  })

  it('stores the folder unchanged', async () => {
    const place = temporaryFolder()
    const { url } = await served('--store', place)
    const folder = folderOf()
    expect((await run(['put', '-r', folder, `${url}/`])).status).to.equal(0)
    expect(readFileSync(join(place, 'in/sub/c?d'), 'utf8')).to.equal('two')
    expect(execFileSync('diff', ['-r', folder, join(place, 'in')]).toString()).to.equal('')
  })

  it('follows links to files, and skips what is neither a file nor a folder', async () => {
    const folder = folderOf()
    symlinkSync(folder, join(folder, 'loop'))
    symlinkSync('a b', join(folder, 'link'))
    symlinkSync('nowhere', join(folder, 'dangling'))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const origin = await openOrigin()
    const { status, err } = await run(['put', '-r', folder, `${origin.url}/`])
    expect(status).to.equal(0)
    expect(origin.requests.map(({ path }) => path)).to.include('/in/link')
    expect(origin.requests).to.have.length(4)
    const left = err.match(/^expect-continue: \S+: neither a file nor a folder; left out$/gm)
    expect(left).to.have.length(3)
  })

  // Other systems have no such names. A spec that skips itself fails (forbid-pending).
  if (process.platform === 'linux') {
    it('fails for a file whose name is not UTF-8, and uploads the others', async () => {
      const folder = folderOf()
      writeFileSync(Buffer.from(`${folder}/n\xefve`, 'latin1'), 'three')
      const origin = await openOrigin()
      const { status, err } = await run(['put', '-r', folder, `${origin.url}/`])
      expect(status).to.equal(1)
      expect(err)
        .to.match(/\/n.ve: no such file\n/)
        .and.to.include('3 of 4 uploads accepted')
    })
  }

  it('uploads nothing from an empty folder', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'sub'))
    const { status, err } = await run(['put', '-r', folder, 'http://127.0.0.1:1/'])
    expect([status, err]).to.deep.equal([0, '0 of 0 uploads accepted\n'])
  })

  it('shows the overall progress', async () => {
    const origin = await openOrigin({ delay: 250 })
    const how = ['--concurrency', '1', '-r', folderOf()]
    const { err } = await run(['put', ...how, `${origin.url}/`], { columns: 80 })
    const printed = stripVTControlCharacters(err)
    expect(printed).to.match(/0 of 3 files {2}3 B of 6 B {2}\d+ B\/s {2}0:0\d/)
    expect(printed).to.match(/1 of 3 files {2}6 B of 6 B {2}\d+ B\/s/)
    expect(printed).to.match(/\n3 of 3 uploads accepted, \d+ B sent in [^,]*\n$/)
  })
})

describe('overallLine', () => {
  const mebi = 1_048_576
  const all = { done: 12, files: 200, sent: 48 * mebi, total: 100 * mebi, rate: 4 * mebi }

  for (const [columns, line] of [
    [80, '12 of 200 files  48 MiB of 100 MiB  4.0 MiB/s  0:13'],
    [52, '12 of 200 files  48 MiB of 100 MiB  4.0 MiB/s  0:13'],
    [51, '12 of 200 files  48 MiB  4.0 MiB/s  0:13'],
    [40, '12 of 200 files  4.0 MiB/s  0:13'],
    [20, '12 of 200 files'],
    [10, '12 o…iles'],
  ] as const) {
    it(`is ${line} on ${columns} columns`, () => {
      expect(overallLine(all, columns)).to.equal(line)
    })
  }

  it('shows no total if a size is unknown', () => {
    const line = overallLine({ ...all, total: null }, 80)
    expect(line).to.equal('12 of 200 files  48 MiB  4.0 MiB/s')
  })
})
