import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { noise } from '../support/contents.ts'
import { temporaryFile } from '../support/files.ts'
import { client, forwards, gateway } from '../support/gateway.ts'
import { origin } from '../support/origin.ts'
import { goAhead, response } from '../support/responses.ts'
import type { Wire } from '../support/wire.ts'

const run = promisify(execFile)
const bytes = noise(300_000)
const longWait = { continueTimeout: 60_000 } as const
const shortWait = { continueTimeout: 10 } as const

const request = (url: string, ...fields: string[]): string[] => [
  'PUT /upload HTTP/1.1',
  `Host: ${new URL(url).host}`,
  `Content-Length: ${bytes.length}`,
  ...fields,
]

/** Reads a head with an expectation; no content may follow. */
async function asked(wire: Wire): Promise<string> {
  const head = await wire.head()
  expect(head.match(/^expect: 100-continue\r$/gim), 'expectations').to.have.lengthOf(1)
  expect(head).to.match(new RegExp(`^content-length: ${bytes.length}\r$`, 'im'))
  expect(head).not.to.match(/^transfer-encoding/im)
  return head
}

/** Sends this response instead of a 100. */
const refusing = (answer: string) => async (wire: Wire) => {
  await asked(wire)
  wire.raw(answer)
  expect((await wire.closed()).toString('latin1'), 'bytes after the head').to.equal('')
}

/** Sends a 100, reads the content and answers. */
const accepting = async (wire: Wire) => {
  const head = await asked(wire)
  wire.raw(goAhead)
  expect((await wire.content(head)).equals(bytes), 'whether it is the content').to.equal(true)
  wire.raw(response(201, 'stored'))
}

/** Sends no 100, and reads the content. */
const silent = async (wire: Wire) => {
  const head = await asked(wire)
  expect((await wire.content(head)).equals(bytes), 'whether it is the content').to.equal(true)
  wire.raw(response(201, 'stored'))
}

/** Runs curl and returns the status that it got and the bytes it sent. */
async function curl(url: string, ...options: string[]): Promise<string> {
  const path = temporaryFile()
  writeFileSync(path, bytes)
  const format = '%{http_code} %{size_upload}'
  const own = ['-sS', '-T', path, '-o', '/dev/null', '-w', format, '-H', 'Expect: 100-continue']
  return (await run('curl', [...own, ...options, url])).stdout
}

for (const [name, open] of Object.entries(forwards)) {
  describe(`a gateway that forwards a request through ${name}`, function () {
    this.timeout(3000)

    for (const [status, answer] of [
      [413, response(413, 'no')],
      [401, response(401, 'no', 'WWW-Authenticate: Bearer')],
      [307, response(307, 'no', 'Location: /elsewhere')],
    ] as const) {
      it(`returns a ${status} before its client sent anything`, async () => {
        const peer = await origin(refusing(answer))
        const { url, events, requests } = await gateway(peer.url, open(longWait))
        const wire = await client(url)
        wire.send(...request(url, 'Expect: 100-continue'))
        expect(await wire.head()).to.match(new RegExp(`^HTTP/1.1 ${status} `))
        expect(events).to.deep.equal([String(status)])
        expect(requests[0]?.readableDidRead, 'whether it was read').to.equal(false)
        await peer.done
      })
    }

    it('does not read content that its client sent early when the origin refuses', async () => {
      const peer = await origin(refusing(response(413, 'no')))
      const { url, events } = await gateway(peer.url, open(longWait))
      const wire = await client(url)
      wire.send(...request(url, 'Expect: 100-continue'))
      wire.raw(bytes.subarray(0, 10_000))
      expect(await wire.head()).to.match(/^HTTP\/1.1 413 /)
      expect(events).to.deep.equal(['413'])
      await peer.done
    })

    it('sends a 100 to its client after a 100 of the origin', async () => {
      const peer = await origin(accepting)
      const { url, events } = await gateway(peer.url, open(longWait))
      const wire = await client(url)
      wire.send(...request(url, 'Expect: 100-continue'))
      expect(await wire.head()).to.match(/^HTTP\/1.1 100 /)
      wire.raw(bytes)
      expect(await wire.head()).to.match(/^HTTP\/1.1 201 /)
      expect(events).to.deep.equal(['go-ahead', '201 after reading'])
      await peer.done
    })

    it('forwards chunked content in chunks', async () => {
      const peer = await origin(async (wire) => {
        const head = await wire.head()
        expect(head.match(/^expect: 100-continue\r$/gim)).to.have.lengthOf(1)
        expect(head.match(/^transfer-encoding: chunked\r$/gim)).to.have.lengthOf(1)
        wire.raw(goAhead)
        expect((await wire.content(head)).toString()).to.equal('abcdef')
        wire.raw(response(201, 'stored'))
      })
      const { url, events } = await gateway(peer.url, open(longWait))
      const wire = await client(url)
      const fields = ['Transfer-Encoding: chunked', 'Expect: 100-continue']
      wire.send('PUT /upload HTTP/1.1', 'Host: gateway.example', ...fields)
      expect(await wire.head()).to.match(/^HTTP\/1.1 100 /)
      wire.raw('3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n')
      expect(await wire.head()).to.match(/^HTTP\/1.1 201 /)
      expect(events).to.deep.equal(['go-ahead', '201 after reading'])
      await peer.done
    })

    it('calls onContinue once, whatever follows the 100', async () => {
      const peer = await origin(async (wire) => {
        const head = await asked(wire)
        wire.raw(`HTTP/1.1 103 Early Hints\r\n\r\n${goAhead}${goAhead}`)
        await wire.content(head)
        wire.raw(goAhead + response(201, 'stored'))
      })
      const { url, events } = await gateway(peer.url, open(longWait))
      const wire = await client(url)
      wire.send(...request(url, 'Expect: 100-continue'))
      expect(await wire.head()).to.match(/^HTTP\/1.1 100 /)
      wire.raw(bytes)
      expect(await wire.head()).to.match(/^HTTP\/1.1 201 /)
      expect(events).to.deep.equal(['go-ahead', '201 after reading'])
      await peer.done
    })

    it('forwards the content of its client if the origin sends no 100', async () => {
      const peer = await origin(silent)
      const { url, events } = await gateway(peer.url, open(shortWait))
      const wire = await client(url)
      wire.send(...request(url, 'Expect: 100-continue'))
      // A client need not wait indefinitely for a 100 (RFC 9110, section 10.1.1).
      wire.raw(bytes)
      expect(await wire.until('201 ')).not.to.have.lengthOf(0)
      expect(events.at(-1)).to.equal('201 after reading')
      await peer.done
    })

    it('forwards a request without an expectation', async () => {
      const peer = await origin(async (wire) => {
        const head = await wire.head()
        if (/^expect:/im.test(head)) wire.raw(goAhead)
        expect((await wire.content(head)).equals(bytes)).to.equal(true)
        wire.raw(response(201, 'stored'))
      })
      const { url } = await gateway(peer.url, open(longWait))
      const wire = await client(url)
      wire.send(...request(url))
      wire.raw(bytes)
      expect(await wire.head()).to.match(/^HTTP\/1.1 201 /)
      await peer.done
    })

    it("removes hop-by-hop fields of the client's connection", async () => {
      const hopByHop = [
        'Connection: keep-alive, X-Private, X-Odd',
        'X-Private: secret',
        'x-odd: too',
        'Keep-Alive: timeout=5',
        'Proxy-Connection: keep-alive',
        'TE: trailers',
        'Trailer: X-Checksum',
        'Upgrade: h2c',
        'Expect: 100-continue',
      ]
      let seen = ''
      const peer = await origin(async (wire) => {
        seen = await asked(wire)
        wire.raw(response(413, 'no'))
      })
      const { url } = await gateway(peer.url, open(longWait))
      const wire = await client(url)
      wire.send(...request(url, ...hopByHop, 'X-Kept: yes', 'Content-Type: video/h264'))
      expect(await wire.head()).to.match(/^HTTP\/1.1 413 /)
      const names = seen.split('\r\n').map((line) => line.split(':')[0]?.toLowerCase())
      const gone = ['x-private', 'x-odd', 'keep-alive', 'proxy-connection', 'te', 'trailer']
      for (const name of [...gone, 'upgrade']) expect(names).not.to.include(name)
      expect(seen.match(/^host: .*$/gim)).to.deep.equal([`host: ${new URL(peer.url).host}`])
      expect(seen)
        .to.match(/^x-kept: yes\r$/im)
        .and.to.match(/^content-type: video\/h264\r$/im)
      expect(seen).not.to.match(/^connection: .*x-private/im)
      await peer.done
    })

    for (const [what, script, wait, said, sent] of [
      ['nothing after a 413', refusing(response(413, 'no')), longWait, 413, 0],
      ['all after a 100', accepting, longWait, 201, bytes.length],
      ['all to a silent origin', silent, shortWait, 201, bytes.length],
    ] as const) {
      it(`lets curl send ${what}`, async () => {
        const peer = await origin(script)
        const { url } = await gateway(peer.url, open(wait))
        // Where the origin is silent, curl need not get a 100 either.
        const patience = wait === longWait ? '60' : '0.05'
        expect(await curl(url, '--expect100-timeout', patience)).to.equal(`${said} ${sent}`)
        await peer.done
      })
    }
  })
}
