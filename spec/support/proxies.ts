import { connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Identity } from './identity.ts'
import { listening } from './listening.ts'

export interface TestProxy {
  readonly host: string
  /** The first head of each connection, in order. */
  readonly heads: readonly string[]
  /** The addresses of the clients. */
  readonly clients: readonly (string | undefined)[]
  readonly sockets: readonly Socket[]
}

/** How a proxy behaves. */
export interface ProxyBehaviour {
  /** With an identity it uses TLS. */
  readonly identity?: Identity
  /** The required `Proxy-Authorization`. */
  readonly requires?: string
  /** The challenge to answer a head with, or `null` to accept it. */
  readonly challenges?: (head: string) => string | null
  /** What it does instead of forwarding: a status, nothing, or closing the connection. */
  readonly instead?: number | 'silence' | 'leaving'
}

/** Starts an HTTP proxy that makes tunnels and forwards requests in absolute form. */
export async function httpProxy(habits: ProxyBehaviour = {}): Promise<TestProxy> {
  const heads: string[] = []
  const clients: (string | undefined)[] = []
  const sockets: Socket[] = []
  const host = await listen(habits.identity, async (client) => {
    const { head, rest } = await until(client, '\r\n\r\n')
    heads.push(head)
    clients.push(client.remoteAddress)
    sockets.push(client)
    const { requires: wants, instead, challenges = basicGuard(wants) } = habits
    const challenge = challenges(head)
    if (challenge !== null) client.end(answer(407, `proxy-authenticate: ${challenge}\r\n`))
    else if (typeof instead === 'number') client.end(answer(instead))
    else if (instead === 'leaving') client.destroy()
    else if (instead === undefined) pass(client, head, rest)
  })
  return { host, heads, clients, sockets }
}

export function proxyCredentials(head: string): string | undefined {
  return /^proxy-authorization: (.*)\r$/im.exec(head)?.[1]
}

function basicGuard(wants: string | undefined): NonNullable<ProxyBehaviour['challenges']> {
  return (head) =>
    wants === undefined || proxyCredentials(head) === wants ? null : 'Basic realm="proxy"'
}

function answer(status: number, field = ''): string {
  return `HTTP/1.1 ${status} No\r\n${field}content-length: 2\r\nconnection: close\r\n\r\nno`
}

/** Everything that arrives later on the connection goes to the same origin. */
function pass(client: Socket, head: string, rest: Buffer): void {
  const [method, target = ''] = head.split(' ')
  const { host, pathname } = new URL(method === 'CONNECT' ? `tunnel://${target}` : target)
  join(client, host, (server) => {
    if (method === 'CONNECT') client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    else server.write(head.replace(target, pathname).replace(/^proxy-.*\r\n/gim, ''), 'latin1')
    server.write(rest)
  })
}

function join(client: Socket, host: string, onOpen: (server: Socket) => void): void {
  const { hostname, port } = new URL(`tunnel://${host}`)
  const server = connect(Number(port), hostname, () => {
    onOpen(server)
    client.pipe(server).pipe(client)
  })
  server.on('error', () => client.destroy())
  server.on('close', () => client.destroy())
  client.on('close', () => server.destroy())
}

/** A SOCKS5 proxy that records the credentials and the targets it gets. */
interface TestSocks {
  readonly host: string
  readonly notes: readonly string[]
}

/** Starts a SOCKS5 proxy (RFC 1928, RFC 1929) that requires these credentials, or none. */
export async function socksProxy(
  wants: { user: string; password: string } | null = null,
  reply = 0,
): Promise<TestSocks> {
  const notes: string[] = []
  const host = await listen(undefined, async (client) => {
    const next = reader(client)
    const [, count = 0] = await next(2)
    const methods = [...(await next(count))]
    const method = wants === null ? 0 : 2
    if (!methods.includes(method)) {
      client.end(Buffer.from([5, 0xff]))
      return
    }
    client.write(Buffer.from([5, method]))
    if (wants !== null) {
      const user = await text(next, (await next(2))[1] ?? 0)
      const password = await text(next, (await next(1))[0] ?? 0)
      notes.push(`${user}:${password}`)
      const right = user === wants.user && password === wants.password
      client.write(Buffer.from([1, right ? 0 : 1]))
      if (!right) return
    }
    const [, , , kind] = await next(4)
    const name = kind === 3 ? await text(next, (await next(1))[0] ?? 0) : (await next(4)).join('.')
    const target = `${name}:${(await next(2)).readUInt16BE()}`
    notes.push(target)
    const replied = Buffer.from([5, reply, 0, 1, 127, 0, 0, 1, 0, 0])
    if (reply !== 0) client.end(replied)
    else join(client, target, () => client.write(replied))
  })
  return { host, notes }
}

type NextBytes = (count: number) => Promise<Buffer>

async function text(next: NextBytes, count: number): Promise<string> {
  return (await next(count)).toString()
}

/** Reads exactly this many bytes. */
function reader(socket: Socket): NextBytes {
  return async (count) => {
    for (;;) {
      const bytes = count === 0 ? Buffer.alloc(0) : (socket.read(count) as Buffer | null)
      if (bytes !== null) return bytes
      await new Promise((readable) => socket.once('readable', readable))
    }
  }
}

async function until(socket: Socket, end: string): Promise<{ head: string; rest: Buffer }> {
  let read = Buffer.alloc(0)
  while (!read.includes(end)) {
    const more = await new Promise<Buffer>((came) => socket.once('data', came))
    read = Buffer.concat([read, more])
  }
  socket.pause()
  const at = read.indexOf(end) + end.length
  return { head: read.toString('latin1', 0, at), rest: read.subarray(at) }
}

async function listen(
  identity: Identity | undefined,
  serve: (client: Socket) => Promise<void>,
): Promise<string> {
  const server = identity ? createTlsServer(identity) : createServer()
  server.on(identity ? 'secureConnection' : 'connection', (socket: Socket) => {
    socket.on('error', () => {})
    serve(socket).catch(() => socket.destroy())
  })
  // A client may close during the handshake.
  server.on('tlsClientError', () => {})
  return `127.0.0.1:${await listening(server)}`
}
