import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Candidate, Upload } from '../candidate.ts'

/** A bare socket that knows what this origin answers: the limit of what Node can do. */
export function make(): Candidate {
  const idle: RawConnection[] = []
  const send = async (upload: Upload, asks: boolean): Promise<number> => {
    const connection = idle.pop() ?? (await open(upload.url))
    const status = await connection.send(upload, asks)
    if (status === 417) {
      connection.socket.destroy()
      return send(upload, false)
    }
    if (status < 300) idle.push(connection)
    else connection.socket.destroy()
    return status
  }
  return { send: (upload) => send(upload, true) }
}

async function open({ port, hostname }: URL): Promise<RawConnection> {
  const socket = connect({ port: Number(port), host: hostname, noDelay: true })
  await once(socket, 'connect')
  return new RawConnection(socket)
}

class RawConnection {
  readonly socket: Socket
  #heads = ''
  #told: ((status: number) => void) | null = null
  #drained: (() => void) | null = null

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (bytes) => {
      this.#heads += bytes.toString('latin1')
      this.#tell()
    })
    socket.on('drain', () => this.#drained?.())
  }

  async send({ url, method, source }: Upload, asks: boolean): Promise<number> {
    const { socket } = this
    const expect = asks ? 'expect: 100-continue\r\n' : ''
    socket.write(
      `${method} ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: ${source.size}\r\n${expect}\r\n`,
    )
    if (asks) {
      const status = await this.#status()
      if (status !== 100) return status
    }
    const body = source.body()
    if (Buffer.isBuffer(body)) socket.write(body)
    else {
      for await (const chunk of body) {
        if (!socket.write(chunk)) await this.#drain()
      }
    }
    return this.#status()
  }

  /** The status of the next head; the origin's responses have no content. */
  #status(): Promise<number> {
    return new Promise((resolve) => {
      this.#told = resolve
      this.#tell()
    })
  }

  #tell(): void {
    const end = this.#heads.indexOf('\r\n\r\n')
    if (end === -1 || this.#told === null) return
    const told = this.#told
    this.#told = null
    const status = Number(this.#heads.slice(9, 12))
    this.#heads = this.#heads.slice(end + 4)
    told(status)
  }

  #drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve
    })
  }
}
