import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { main } from '../../lib/cli/main.ts'
import { filesOf } from '../support/command-origin.ts'
import { openOrigin } from '../support/open-origin.ts'
import { FakeTerminal, run, Sink, type TerminalOptions } from '../support/terminal.ts'
import { visible } from '../support/visible.ts'

const green = '\u001b[32m201 Created\u001b[39m'

describe('the colours of put', () => {
  for (const [how, options, coloured] of [
    [[], { columns: 80 }, true],
    [[], {}, false],
    [[], { columns: 80, env: { NO_COLOR: '1' } }, false],
    [[], { columns: 80, env: { NO_COLOR: '' } }, true],
    [[], { columns: 80, env: { TERM: 'dumb' } }, false],
    [['--color', 'auto'], {}, false],
    [['--color', 'never'], { columns: 80 }, false],
    [['--color', 'always'], { env: { NO_COLOR: '1' } }, true],
  ] as [string[], TerminalOptions, boolean][]) {
    const where = options.columns === undefined ? 'in a pipe' : 'on a screen'
    const name = `${where} ${how.join(' ')} ${JSON.stringify(options.env ?? {})}`
    it(`are ${coloured ? 'there' : 'left out'} ${name}`, async () => {
      const origin = await openOrigin()
      const args = ['put', ...filesOf({ a: 'abc' }), origin.url, ...how]
      const { err } = await run(args, options)
      expect(err.includes(green)).to.equal(coloured)
      expect(err).to.include('201 Created')
    })
  }

  it('differ for refused and skipped files', async () => {
    const origin = await openOrigin({ mode: ({ path }) => (path === '/a' ? 413 : 412) })
    const files = filesOf({ a: 'a', b: 'b' })
    const how = ['--color', 'always', '--skip-existing']
    const { err } = await run(['put', ...files, `${origin.url}/`, ...how])
    expect(err).to.include(': \u001b[31m413 Payload Too Large\u001b[39m, refused')
    expect(err).to.include(': \u001b[33mskipped\u001b[39m, it is there already')
  })

  it('do not come from text of a server', async () => {
    const origin = await openOrigin()
    const { err } = await run(['put', '-', `${origin.url}/%1b[31m`, '-v', '--color', 'always'])
    expect(err.replaceAll(green, '')).not.to.include('\u001b')
  })
})

describe('the progress of put', () => {
  for (const [how, options, printed] of [
    [[], { columns: 80 }, true],
    [[], {}, false],
    [['--progress'], {}, true],
    [['--no-progress'], { columns: 80 }, false],
    [['-q'], { columns: 80 }, false],
    [['-q', '--progress'], { columns: 80 }, true],
  ] as [string[], TerminalOptions, boolean][]) {
    const where = options.columns === undefined ? 'in a pipe' : 'on a screen'
    it(`is ${printed ? 'shown' : 'not shown'} ${where} ${how.join(' ')}`, async () => {
      const origin = await openOrigin({ delay: 150 })
      const args = ['put', ...filesOf({ a: 'abc' }), origin.url, ...how]
      const { status, err } = await run(args, options)
      expect(status).to.equal(0)
      expect(/sending +\[=+\] +100%/.test(err)).to.equal(printed)
    })
  }
})

describe('put after Ctrl-C', () => {
  for (const [how, options, before] of [
    ['--no-progress', { columns: 80 }, '\n'],
    ['--no-progress', {}, ''],
  ] as [string, TerminalOptions, string][]) {
    const where = options.columns === undefined ? 'in a pipe' : 'on a screen'
    it(`prints ${before ? 'below the ^C' : 'at once'} what was cancelled ${where} ${how}`, async () => {
      const terminal = new FakeTerminal({ ...options, stdin: 'abc' })
      const origin = await openOrigin({
        mode: () => {
          terminal.emit('SIGINT')
          return 'silent'
        },
      })
      const args = ['put', '-', origin.url, '--continue-timeout', '60000', how]
      expect(await main(args, terminal)).to.equal(130)
      expect(stripVTControlCharacters(terminal.err)).to.equal(
        `${before}stdin: cancelled, 0 B sent\n`,
      )
    })
  }
})

describe('the progress of put, on a terminal that also shows results', () => {
  for (const how of ['--json', '--dry-run']) {
    it(`keeps each line of JSON intact: ${how}`, async () => {
      const origin = await openOrigin({ mode: 'silent' })
      const terminal = new FakeTerminal({ columns: 80, env: { NO_COLOR: '1' } })
      Object.assign(terminal, { stdout: terminal.stderr })
      const files = [...filesOf({ a: 'abc' }), '/no/such']
      const args = ['--json', how, '--expect', 'always', '--continue-timeout', '60000']
      const ended = main(['put', ...files, `${origin.url}/`, ...args], terminal)
      // The other upload waits, and its progress is shown.
      await terminal.stderr.until(/"message":"[^"]*no such file"\}\}\n/)
      terminal.emit('SIGINT')
      expect(await ended).to.equal(130)
      const lines = visible(terminal.err).filter((line) => line.startsWith('{'))
      expect(lines.map((line) => JSON.parse(line).file).sort()).to.deep.equal(files.sort())
    })
  }
})

describe('the help', () => {
  for (const args of [
    ['help', 'put'],
    ['put', '--help'],
  ]) {
    it(`of put is printed on standard output: ${args.join(' ')}`, async () => {
      const { status, out, err } = await run(args)
      expect([status, err]).to.deep.equal([0, ''])
      expect(out).to.match(/^Usage: expect-continue put \[options\] <file\.\.\.> <url>\n/)
      expect(out).to.match(/\nConnection:\n {2}-u, --user <name> /)
      expect(out).to.match(/\nExit status:\n {2}0 /)
      expect(out.split('\n').filter((line) => line.length > 80)).to.deep.equal([])
    })
  }

  it('of all commands is printed', async () => {
    const { status, out } = await run(['help'])
    expect(status).to.equal(0)
    expect(out).to.match(/^Usage: expect-continue \[options\] \[command\]\n/)
    expect(out).to.include('\n  put [options] <file...> <url>  upload files')
  })

  for (const columns of [40, 80, 140]) {
    it(`fits ${columns} columns, without breaking words`, async () => {
      const wide = new Sink(columns)
      const terminal = Object.assign(new FakeTerminal(), { stdout: wide })
      for (const command of ['put', 'probe', 'serve']) await main(['help', command], terminal)
      await main(['--help'], terminal)
      const lines = wide.text.split('\n')
      // A URL cannot be broken.
      const long = lines.filter((line) => line.length > columns && /\S\s+\S/.test(line))
      expect(long).to.deep.equal([])
      expect(wide.text).to.match(/ {6}the most redirects to follow|follow \(default: 5\)/)
    })
  }
})
