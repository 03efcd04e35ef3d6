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

/** A scripted origin that listens on 127.0.0.1. */
export interface Origin {
  /** Its address, with a path. */
  readonly url: string
  /** How many connections were made. */
  readonly connections: number
  /** Resolves when all scripts have run; rejects with what a script threw. */
  readonly done: Promise<void>
}

/**
 * Starts an origin with a script for each connection, in the order in which they are made.
 * A connection that has no script is a failure. In a run through tunnels it speaks TLS.
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

/** The same over TLS, with a certificate of its own. */
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
  // A spec that failed for another reason does not get round to it.
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
  // A client that leaves within the handshake has made a connection, too.
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

/** The script of an origin that says go, takes the content and answers 201. */
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
