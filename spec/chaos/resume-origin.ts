import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { ResumableUploads, type SeenUpload } from '../../lib/testing/index.ts'
import { identity } from '../support/identity.ts'
import { httpProxy } from '../support/proxies.ts'
import type { Addresses } from './transports.ts'

/** What the origin has of an upload. */
export type HeldUpload = Pick<
  SeenUpload,
  'path' | 'target' | 'state' | 'offset' | 'received' | 'sha256'
>

/** The origin of the run with resumed uploads, in a process of its own. */
const uploads = new ResumableUploads({ offsetEvery: 262_144 })

function playing<Played extends Server>(server: Played): Played {
  const serve = (asked: boolean) => (message: IncomingMessage, response: ServerResponse) =>
    uploads.serve(message, response, asked)
  return server.on('request', serve(false)).on('checkContinue', serve(true))
}

function listening(server: Server): Promise<number> {
  return new Promise((listens) => {
    server.listen(0, '127.0.0.1', 4096, () => listens((server.address() as AddressInfo).port))
  })
}

async function listen(): Promise<Addresses> {
  const secret = await identity()
  const http1 = playing(createServer({ requestTimeout: 0, headersTimeout: 0, noDelay: true }))
  http1.on('clientError', (_error, socket) => socket.destroy())
  const http2 = playing(createHttp2Server() as unknown as Server)
  http2.on('sessionError', () => {})
  const tls = createTlsServer({ ...secret, noDelay: true, ALPNProtocols: ['h2', 'http/1.1'] })
  tls.on('tlsClientError', () => {})
  tls.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    const server = socket.alpnProtocol === 'h2' ? http2 : http1
    server.emit('connection', socket as Socket)
  })
  const proxy = new URL(`http://${(await httpProxy()).host}`)
  return {
    plain: await listening(http1),
    secure: await listening(tls),
    proxy: Number(proxy.port),
    ca: secret.cert,
  }
}

process.on('message', () =>
  process.send?.(
    uploads.uploads.map(({ path, target, state, offset, received, sha256 }): HeldUpload => {
      return { path, target, state, offset, received, sha256 }
    }),
  ),
)
process.on('disconnect', () => process.exit())
process.send?.(await listen())
