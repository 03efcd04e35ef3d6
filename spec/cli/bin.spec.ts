import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:http'
import { expect } from 'chai'
import type { OriginMode, TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { startCommand } from '../support/command-child.ts'
import { listening } from '../support/listening.ts'
import { openOrigin } from '../support/open-origin.ts'
import { commandFile } from '../support/tested.ts'

describe('the program', () => {
  it('exits with the status of the command', async () => {
    const origin = await openOrigin({ response: { status: 201, body: 'stored' } })
    const { process, ended } = startCommand(['put', '-', origin.url])
    process.stdin?.end('abc')
    expect(await ended).to.include({ status: 0, out: 'stored' })
    expect(origin.requests[0]?.bytes).to.equal(3)
  })

  it('exits with 2 for wrong arguments', async () => {
    const { status, err } = await startCommand(['put']).ended
    expect(status).to.equal(2)
    expect(err).to.include('put needs a file and a URL')
  })

  it('fails if standard input is a folder', async () => {
    const origin = await openOrigin()
    const stdin = openSync('.', 'r')
    const child = spawn(process.execPath, [commandFile, 'put', '-', origin.url], {
      stdio: [stdin, 'ignore', 'ignore'],
    })
    closeSync(stdin)
    closeLater(() => void child.kill('SIGKILL'))
    expect(await once(child, 'close')).to.deep.equal([1, null])
  })

  it('does not wait for standard input after a refusal', async () => {
    const origin = await openOrigin({ mode: 413 })
    const { process, ended } = startCommand(['put', '-', origin.url])
    process.stdin?.write('abc')
    expect(await ended).to.include({ status: 1 })
  })

  for (const [when, stdin, mode] of [
    ['while it waits for the 100', 'abc', 'silent'],
    ['while it waits for standard input', null, 'go'],
    ['while it waits for the response', 'abc', 'go'],
  ] as const) {
    it(`exits with 130 after Ctrl-C ${when}`, async () => {
      const { origin, asked } = await observedOrigin(mode)
      const how = ['--continue-timeout', '60000']
      const { process, ended } = startCommand(['put', '-', origin.url, ...how])
      if (stdin !== null) process.stdin?.end(stdin)
      else process.stdin?.write('a')
      await asked
      process.kill('SIGINT')
      const { status, out, err } = await ended
      expect([status, out]).to.deep.equal([130, ''])
      expect(err).to.match(/^stdin: cancelled, \d B sent\n$/)
    })
  }

  it('exits with 130 after Ctrl-C while it reads the response', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(201).write('stored'))
    })
    const port = await listening(server)
    const url = `http://127.0.0.1:${port}`
    const { process, ended } = startCommand(['put', '-', url])
    process.stdin?.end('abc')
    process.stdout?.once('data', () => process.kill('SIGINT'))
    expect(await ended).to.include({ status: 130, out: 'stored' })
  })

  it('continues without an error when standard output is closed', async () => {
    const { origin, asked } = await observedOrigin('go', 'stored'.repeat(100_000))
    const { process, ended } = startCommand(['put', '-', origin.url])
    process.stdin?.write('abc')
    await asked
    process.stdout?.destroy()
    process.stdin?.end('def')
    const { status, err } = await ended
    expect(status).to.equal(0)
    expect(err).to.match(/^stdin: 201 Created, [^\n]*\n$/)
    expect(origin.requests[0]?.bytes).to.equal(6)
  })

  it('continues when standard error is closed', async () => {
    const { origin, asked } = await observedOrigin('go', 'stored')
    const { process, ended } = startCommand(['put', '-', origin.url, '-v'])
    process.stdin?.write('abc')
    await asked
    process.stderr?.destroy()
    process.stdin?.end('def')
    expect(await ended).to.include({ status: 0, out: 'stored' })
  })
})

/** An origin that resolves `asked` at a request. It answers with this content, or never. */
async function observedOrigin(
  mode: OriginMode,
  body?: string,
): Promise<{ origin: TestOrigin; asked: Promise<void> }> {
  const origin = await openOrigin({
    response: body === undefined ? 'nothing' : { status: 201, body },
  })
  const asked = new Promise<void>((resolve) => {
    origin.mode = () => {
      resolve()
      return mode
    }
  })
  return { origin, asked }
}
