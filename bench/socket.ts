import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Content } from './content.ts'
import { writeChunks, writeFile } from './gathered.ts'
import type { Job } from './job.ts'

/**
 * A socket with knowledge of this origin: the limit of what Node can do. Connections are reused. Content in memory is
 * written in one piece, chunks in pieces of 512 KiB.
 */
export function bareSocket({ method }: Job): (url: URL, content: Content) => Promise<number> {
  const idle: Connection[] = []
  const send = async (url: URL, content: Content, asks: boolean): Promise<number> => {
    const connection = idle.pop() ?? (await opened(url))
    const status = await connection.send(method, url, content, asks)
    // The origin might parse what follows a refusal on the same connection as content.
    if (status < 300) idle.push(connection)
    else connection.socket.destroy()
    return status === 417 ? await send(url, content, false) : status
  }
  return (url, content) => send(url, content, true)
}

async function opened({ port, hostname }: URL): Promise<Connection> {
  const socket = connect({ port: Number(port), host: hostname, noDelay: true })
  await once(socket, 'connect')
  return new Connection(socket)
}

class Connection {
  readonly socket: Socket
  #heads = ''
  #told: ((status: number) => void) | null = null

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (bytes) => {
      this.#heads += bytes.toString('latin1')
      this.#tell()
    })
  }

  async send(method: string, url: URL, content: Content, asks: boolean): Promise<number> {
    const { socket } = this
    const head = `${method} ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: ${content.size}\r\n`
    if (asks) {
      socket.write(`${head}expect: 100-continue\r\n\r\n`)
      const status = await this.#status()
      if (status !== 100) return status
    } else socket.write(`${head}\r\n`)
    if (content.kind === 'buffer') socket.write(content.bytes)
    else if (content.kind === 'file') await writeFile(socket, content)
    else await writeChunks(socket, content.chunks())
    return this.#status()
  }

  /** The status of the next head; responses of the origin have no content. */
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
}
