import { connect, createServer, type Socket } from 'node:net'
import { closeLater } from '../../support/closing.ts'
import { listening } from '../../support/listening.ts'
import { type SentRequest, sentRequests } from './sent-requests.ts'

/** A connection through a tap. */
export interface TappedConnection {
  /** Bytes that the client sent. */
  readonly bytes: number
  /** Bytes of content that the client had sent when the first final response arrived. */
  readonly contentAtFinal: number
  /** Whether it is TLS. */
  readonly encrypted: boolean
  /** The requests on it; empty where it is encrypted. */
  readonly requests: readonly SentRequest[]
  /** The first final status; `null` without one, or where it is encrypted. */
  readonly status: number | null
  /** Whether a 100 came before it. */
  readonly invited: boolean
}

/** A relay between client and server that changes nothing and records everything. */
export interface Tap {
  readonly port: number
  readonly connections: readonly TappedConnection[]
}

/** Starts a relay to the port. */
export async function tap(port: number): Promise<Tap> {
  const connections: Tapped[] = []
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    connections.push(new Tapped(client, upstream))
  })
  const own = await listening(server)
  closeLater(() => {
    for (const connection of connections) connection.close()
  })
  return { port: own, connections }
}

class Tapped implements TappedConnection {
  contentAtFinal = 0
  status: number | null = null
  invited = false
  bytes = 0
  readonly #up: Buffer[] = []
  readonly #client: Socket
  readonly #upstream: Socket
  #heads = ''

  constructor(client: Socket, upstream: Socket) {
    this.#client = client
    this.#upstream = upstream
    client.on('data', (chunk: Buffer) => {
      this.#up.push(chunk)
      this.bytes += chunk.length
    })
    upstream.on('data', (chunk: Buffer) => this.#look(chunk))
    outlive(upstream)
    relay(client, upstream)
    relay(upstream, client)
  }

  get encrypted(): boolean {
    return this.#up[0]?.[0] === 0x16
  }

  get requests(): readonly SentRequest[] {
    return sentRequests(Buffer.concat(this.#up))
  }

  close(): void {
    this.#client.destroy()
    this.#upstream.destroy()
  }

  /** Looks for the first final response after the interim ones. */
  #look(chunk: Buffer): void {
    if (this.status !== null || this.encrypted) return
    this.#heads += chunk.toString('latin1')
    for (;;) {
      const end = this.#heads.indexOf('\r\n\r\n')
      if (end < 0) return
      const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(this.#heads)?.[1] ?? Number.NaN)
      if (Number.isNaN(status)) return
      this.#heads = this.#heads.slice(end + 4)
      if (status >= 200) {
        this.status = status
        this.contentAtFinal = this.requests[0]?.content.length ?? 0
        return
      }
      if (status === 100) this.invited = true
    }
  }
}

type Written = { chunk: Buffer; encoding: BufferEncoding }

/** Hides a failed write from a socket, which would be destroyed with the response unread. */
function outlive(socket: Socket): void {
  const { _write, _writev } = socket
  socket._write = (chunk: Buffer, encoding, callback) => {
    _write.call(socket, chunk, encoding, (error) => {
      if (!error) callback()
    })
  }
  socket._writev = (chunks: Written[], callback) => {
    _writev?.call(socket, chunks, (error) => {
      if (!error) callback()
    })
  }
}

/** Passes bytes, ends and resets from one socket to the other. */
function relay(from: Socket, to: Socket): void {
  from.on('data', (chunk) => {
    if (!to.destroyed && !to.write(chunk)) from.pause()
  })
  to.on('drain', () => from.resume())
  from.on('end', () => to.end())
  from.on('error', () => {})
  from.on('close', () => to.destroySoon())
}
