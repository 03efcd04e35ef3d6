import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect } from 'chai'
import type { OriginOptions, TestOrigin } from '../../lib/testing/index.ts'
import { filesOf } from '../support/command-origin.ts'
import { DigestGuard } from '../support/digest-guard.ts'
import { temporaryFile } from '../support/files.ts'
import { identity } from '../support/identity.ts'
import { listening } from '../support/listening.ts'
import { openOrigin } from '../support/open-origin.ts'
import { run } from '../support/terminal.ts'
import { tlsFront } from '../support/tls-front.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

interface Ended {
  readonly status: number
  readonly out: string
}

function curl(args: readonly string[], stdin = ''): Promise<Ended> {
  return new Promise((ended) => {
    const child = execFile('curl', ['-s', '--noproxy', '*', ...args], (error, out) => {
      ended({ status: error === null ? 0 : Number(error.code), out })
    })
    child.stdin?.on('error', () => {}).end(stdin)
  })
}

/** Commands that accept the same flags; curl only where it is installed. */
const clients: Record<string, (args: readonly string[], stdin?: string) => Promise<Ended>> = {
  put: (args, stdin = '') => run(['put', ...args], { stdin }),
  ...(hasCurl && { curl }),
}

for (const [name, client] of Object.entries(clients)) {
  describe(`the flags of curl: ${name}`, () => {
    const body = 'stored'
    let origin: TestOrigin
    let file: string

    async function start(options: OriginOptions = {}): Promise<void> {
      origin = await openOrigin({ response: { status: 201, body }, ...options })
      file = filesOf({ name: 'content' })[0] ?? ''
    }

    it('-T uploads a file, and adds its name to a URL that ends with a slash', async () => {
      await start()
      expect(await client(['-T', file, `${origin.url}/a/`])).to.include({ status: 0, out: body })
      expect(origin.requests[0]).to.include({ method: 'PUT', path: '/a/name', bytes: 7 })
    })

    it('-T uploads standard input', async () => {
      await start()
      const ended = await client(['-T', '-', `${origin.url}/a`], 'abc')
      expect(ended).to.include({ status: 0, out: body })
      expect(origin.requests[0]).to.include({ method: 'PUT', path: '/a', bytes: 3 })
    })

    it('-i prints the head of the response before its body', async () => {
      await start({ response: { status: 201, headers: { 'x-a': 'b' }, body } })
      const { out } = await client(['-i', '-T', file, origin.url])
      expect(out).to.match(/^HTTP\/1\.1 201 Created\r\n/m)
      expect(out).to.match(/^x-a: b\r\n/m)
      expect(out).to.match(/\r\n\r\nstored$/)
    })

    it('-i prints the status line of HTTP/2', async () => {
      const front = await tlsFront(['h2'], (request, response) => {
        request.resume().on('end', () => response.writeHead(201, { 'x-a': 'b' }).end(body))
      })
      const how = ['-i', '-k', '--http2']
      const { out } = await client([...how, '-T', filesOf({ a: 'abc' })[0] ?? '', front.url])
      expect(out).to.match(/^HTTP\/2 201 \r\n/m)
      expect(out).to.match(/^x-a: b\r\n/m)
    })

    it('-o writes the response to a file, which is empty for an empty response', async () => {
      await start()
      const output = temporaryFile()
      const args = ['-o', output, '-T', file, origin.url]
      expect(await client(args)).to.include({ status: 0, out: '' })
      expect(readFileSync(output, 'utf8')).to.equal(body)
      await start({ response: { status: 204 } })
      expect(await client(['-o', output, '-T', file, origin.url])).to.include({ status: 0 })
      expect(readFileSync(output, 'utf8')).to.equal('')
    })

    it('-o - writes to standard output', async () => {
      await start()
      expect(await client(['-o', '-', '-T', file, origin.url])).to.include({ out: body })
    })

    it('-f prints nothing for a refusal, and fails', async () => {
      await start({ mode: { status: 413, body: 'too much' } })
      const output = temporaryFile()
      const { status, out } = await client(['-f', '-o', output, '-T', file, origin.url])
      expect(out).to.equal('')
      expect([status > 0, existsSync(output)]).to.deep.equal([true, false])
    })

    it('--fail-with-body prints the body of a refusal, and fails', async () => {
      await start({ mode: { status: 413, body: 'too much' } })
      const { status, out } = await client(['--fail-with-body', '-T', file, origin.url])
      expect([status > 0, out]).to.deep.equal([true, 'too much'])
    })

    it('-k trusts a self-signed certificate, which is rejected without it', async () => {
      await start({ tls: await identity() })
      expect((await client(['-T', file, origin.url])).status).to.be.above(0)
      expect(await client(['-k', '-T', file, origin.url])).to.include({ status: 0, out: body })
    })

    it('--cacert, --cert and --key set the trusted certificate and that of the client', async () => {
      const { key, cert } = await identity()
      await start({ tls: { key, cert, ca: cert, requestCert: true } })
      const [own = '', secret = ''] = filesOf({ cert, key })
      const args = ['--cacert', own, '-T', file, origin.url]
      expect((await client(args)).status).to.be.above(0)
      const known = await client(['--cert', own, '--key', secret, ...args])
      expect(known).to.include({ status: 0, out: body })
    })

    it('-u with --basic sends the credentials at once', async () => {
      await start()
      const args = ['-u', 'anna:se:cret', '--basic', '-T', file, origin.url]
      expect((await client(args)).status).to.equal(0)
      const basic = `Basic ${Buffer.from('anna:se:cret').toString('base64')}`
      expect(origin.requests.map(({ headers }) => headers.authorization)).to.deep.equal([basic])
    })

    it('-u with --digest answers a challenge', async () => {
      const guard = new DigestGuard({ username: 'anna' })
      await start({ mode: guard.mode })
      const args = ['-u', 'anna:secret', '--digest', '-T', file, origin.url]
      expect((await client(args)).status).to.equal(0)
      expect(guard.seen.map(({ accepted }) => accepted)).to.deep.equal([true])
    })

    it('--connect-timeout ends a TLS handshake that does not complete', async () => {
      await start()
      const server = createServer((socket) => socket.on('error', () => {}).resume())
      const port = await listening(server)
      const args = ['--connect-timeout', '0.2', '-T', file, `https://127.0.0.1:${port}/`]
      expect((await client(args)).status).to.be.above(0)
    })

    it('-m ends an upload without a response', async () => {
      await start({ response: 'nothing' })
      const { status } = await client(['-m', '0.5', '-T', file, origin.url])
      expect(status).to.be.above(0)
    })

    it('--limit-rate limits the bytes per second', async () => {
      await start()
      const [large = ''] = filesOf({ a: new Uint8Array(100_000) })
      const begun = performance.now()
      const { status } = await client(['--limit-rate', '100k', '-T', large, `${origin.url}/`])
      expect([status, origin.requests[0]?.bytes]).to.deep.equal([0, 100_000])
      // curl does not limit its first bytes.
      expect(performance.now() - begun).to.be.above(400)
    })

    for (const [flag, version] of [
      ['--http1.1', '1.1'],
      ['--http2', '2.0'],
    ] as const) {
      it(`${flag} uses HTTP/${version}`, async () => {
        const spoken: string[] = []
        const front = await tlsFront(['h2', 'http/1.1'], (request, response) => {
          spoken.push(request.httpVersion)
          request.resume().on('end', () => response.writeHead(201).end())
        })
        const [small = ''] = filesOf({ a: 'abc' })
        expect((await client([flag, '-k', '-T', small, front.url])).status).to.equal(0)
        expect(spoken).to.deep.equal([version])
      })
    }
  })
}
