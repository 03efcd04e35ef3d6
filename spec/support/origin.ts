import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect } from 'chai'
import { sha256 } from './contents.ts'
import { identity } from './identity.ts'
import { listening } from './listening.ts'
import { through } from './through.ts'
import { Wire } from './wire.ts'

/** What an origin does on one connection. */
export type Script = (wire: Wire) => Promise<void>

/** A scripted origin on 127.0.0.1. */
export interface Origin {
  /** With a path. */
  readonly url: string
  /** How many connections were made. */
  readonly connections: number
  /** Resolves when all scripts have run; rejects if one throws. */
  readonly done: Promise<void>
}

/**
 * Starts an origin with a script for each connection, in order. A connection without a script fails the spec. In a
 * test run through tunnels it uses TLS.
 */
export async function origin(...scripts: Script[]): Promise<Origin> {
  if (through !== null && through.origin !== null) {
    return play(
      createTlsServer({ ...through.origin, ALPNProtocols: ['http/1.1'] }),
      'https',
      scripts,
    )
  }
  return play(createServer(), 'http', scripts)
}

/** Uses TLS with a certificate of its own. */
export async function tlsOrigin(...scripts: Script[]): Promise<Origin> {
  return play(createTlsServer(await identity()), 'https', scripts)
}

async function play(server: Server, scheme: string, scripts: Script[]): Promise<Origin> {
  const left = scripts.length
  const results: Promise<void>[] = []
  let finish: () => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  // Avoids an unhandled rejection when the spec fails for another reason and does not await `done`.
  done.catch(() => {})
  if (left === 0) finish()
  let connections = 0
  const beneath = new Map<number | undefined, Socket>()
  server.on('connection', (socket: Socket) => beneath.set(socket.remotePort, socket))
  const serve = (socket: Socket): void => {
    const index = connections++
    const script = scripts[index]
    if (script === undefined) {
      socket.on('error', () => {})
      socket.destroy()
      fail(new Error(`connection ${index} was not expected: there are ${left} scripts`))
      return
    }
    const result = script(new Wire(socket, index, beneath.get(socket.remotePort)))
    results.push(result)
    result.catch(fail)
    if (results.length === left) Promise.all(results).then(finish, fail)
  }
  server.on(scheme === 'https' ? 'secureConnection' : 'connection', serve)
  // A connection that the client closes during the handshake counts too.
  if (through !== null) server.on('tlsClientError', (_error, socket: Socket) => serve(socket))
  const port = await listening(server)
  return {
    url: `${scheme}://127.0.0.1:${port}/upload`,
    done,
    get connections() {
      return connections
    },
  }
}

/** Sends a 100, reads the content and answers 201. */
export function takes(content: Buffer, line: string): Script {
  return async (wire) => {
    const head = await wire.head()
    expect(head.split('\r\n', 1)[0]).to.equal(line)
    expect(head).to.match(/^expect: 100-continue\r$/im)
    wire.send('HTTP/1.1 100 Continue')
    expect(sha256(await wire.content(head))).to.equal(sha256(content))
    wire.send('HTTP/1.1 201 Created', 'content-length: 5')
    wire.raw('taken')
  }
}
