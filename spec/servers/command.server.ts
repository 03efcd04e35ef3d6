import { expect } from 'chai'
import { filesOf } from '../support/command-origin.ts'
import { run } from '../support/terminal.ts'
import { realServers } from './support/real/all.ts'
import { places, type Running } from './support/real/server.ts'

const there = new Uint8Array(300_000)

/** Starts a server and uploads a file to it; returns the URL of the folder. */
async function filled(name: string): Promise<{ running: Running; url: string }> {
  const server = realServers.find((each) => each.name === name)
  if (server === undefined) throw new Error(`There is no ${name}`)
  const running = await server.start()
  const url = `http://127.0.0.1:${running.port}${places.accept}/`
  expect((await run(['put', ...filesOf({ a: there }), url])).status).to.equal(0)
  return { running, url }
}

describe('the command put with real servers', () => {
  for (const [name, status, sent] of [
    ['Apache httpd, WebDAV', 412, 0],
    // It sends a 100 first.
    ['lighttpd, WebDAV', 412, there.length],
    // It ignores the condition.
    ['nginx, WebDAV', 204, there.length],
  ] as const) {
    it(`skips files that ${name} has, if its response says so`, async () => {
      const { running, url } = await filled(name)
      const files = filesOf({ a: there, b: 'new' })
      const { status: ended, out } = await run(['put', ...files, url, '--skip-existing', '--json'])
      const lines = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const [known, fresh] = files.map((file) => lines.find((line) => line.file === file))
      expect([ended, fresh.status, running.stored('b').length]).to.deep.equal([0, 201, 1])
      expect([known.status, known.sentBytes]).to.deep.equal([status, sent])
      expect(known.skipped).to.equal(status === 412 ? true : undefined)
    })
  }

  for (const name of ['Apache httpd, WebDAV', 'lighttpd, WebDAV', 'nginx, WebDAV']) {
    it(`changes nothing on ${name} in a dry run`, async () => {
      const { running, url } = await filled(name)
      const before = running.stored('a')
      const files = filesOf({ a: 'other', b: 'new' })
      const { status, err } = await run(['put', ...files, url, '--dry-run'])
      expect(status).to.equal(0)
      expect(err).to.match(/\n2 of 2 files would be sent\n$/)
      expect(running.stored('a')).to.deep.equal(before)
      expect(running.stored('b')).to.deep.equal([])
    })
  }
})
