import { createServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect } from 'chai'
import { faces } from '../support/all-faces.ts'
import { identity } from '../support/identity.ts'
import { listening } from '../support/listening.ts'

/** The first byte of a TLS handshake record (RFC 8446, section 5.1). */
const handshake = 22

/** The URL, and how many connections were made. */
interface Counted {
  readonly url: string
  readonly connections: () => number
}

async function counted(server: Server, host: string): Promise<Counted> {
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  const port = await listening(server)
  return { url: `https://${host}:${port}/file`, connections: () => connections }
}

/** A TLS server that fails the spec when it gets a request. */
async function tlsServer(host: string, options: object = {}): Promise<Counted> {
  const server = createTlsServer({ ...(await identity()), ...options })
  server.on('tlsClientError', () => {})
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => expect.fail(`bytes arrived: ${chunk.toString('latin1')}`))
  })
  return counted(server, host)
}

/** The first byte of each connection. */
const firsts: number[] = []

async function plainServer(): Promise<Counted> {
  firsts.length = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (chunk: Buffer) => {
      firsts.push(chunk[0] ?? -1)
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
    })
  })
  return counted(server, '127.0.0.1')
}

const content = 'content '.repeat(1000)
const settings = { expect: 'always', retry: { count: 3, minDelay: 0 } } as const

for (const { name, wraps, open } of faces) {
  const failureAt = async (url: string, options: object = {}): Promise<NodeJS.ErrnoException> => {
    const failure = await open({ ...settings, ...options })(url, content).catch((error) => error)
    return wraps ? failure.cause : failure
  }

  describe(`${name} with a TLS failure`, () => {
    it('rejects a self-signed certificate', async () => {
      const { url, connections } = await tlsServer('127.0.0.1')
      const failure = await failureAt(url)
      expect(failure.code).to.equal('DEPTH_ZERO_SELF_SIGNED_CERT')
      expect(connections()).to.equal(1)
    })

    it('rejects a certificate for another name', async () => {
      const { url, connections } = await tlsServer('127.0.0.1')
      const { cert: ca } = await identity()
      const failure = await failureAt(url, { connect: { ca, servername: 'other.example' } })
      expect(failure.code).to.equal('ERR_TLS_CERT_ALTNAME_INVALID')
      expect(connections()).to.equal(1)
    })

    it('rejects an insecure version of TLS', async () => {
      const { url, connections } = await tlsServer('127.0.0.1', {
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      })
      const failure = await failureAt(url, { connect: { rejectUnauthorized: false } })
      expect(failure.code).to.match(/^ERR_SSL_/)
      expect(connections()).to.equal(1)
    })

    it('sends only a handshake to a server without TLS', async () => {
      const { url, connections } = await plainServer()
      const failure = await failureAt(url)
      expect(failure.code).to.match(/^(EPROTO|ERR_SSL_)/)
      expect(firsts).to.deep.equal([handshake])
      expect(connections()).to.equal(1)
    })
  })
}
