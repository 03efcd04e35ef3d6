import { createServer, type Socket } from 'node:net'
import { listening } from './listening.ts'
import { signal } from './signal.ts'

const smuggled = 'DELETE /smuggled HTTP/1.1\r\nHost: origin.example\r\n\r\n'

/**
 * Bytes that end in requests. Where the content is larger than the buffers of an origin, only the last part contains
 * requests; a client that resets the connection has not sent it yet.
 */
export function smuggling(size: number): Buffer {
  const requests = smuggled.repeat(4)
  return Buffer.concat([Buffer.alloc(size - requests.length, 'x\r\n'), Buffer.from(requests)])
}

/** How a connection ended on the origin's side. */
export type Ending = 'open' | 'closed' | 'reset'

/** A connection to an origin that parses everything as requests. */
interface ParsedConnection {
  /** The request lines that were found, in order. */
  readonly lines: readonly string[]
  readonly ending: Ending
}

/** An origin that refuses uploads early and continues to parse the connection. */
interface ParsingOrigin {
  readonly url: string
  readonly connections: readonly ParsedConnection[]
  /** Continues to read what follows a refusal. */
  continueReading(): void
  /** Resolves when every connection but the last has ended. */
  settled(): Promise<void>
}

const requestLine = /[A-Z]+ \/\S* HTTP\/1\.1(?=\r\n)/

/**
 * Starts an origin that answers the head of a PUT with this status and keeps the connection open. It stops reading
 * until `readOn` is called, and then parses what follows as requests (RFC 9112, section 9.3).
 */
export async function parsingOrigin(status: number): Promise<ParsingOrigin> {
  const connections: Connection[] = []
  const goingOn = signal()
  const server = createServer((socket) => {
    connections.push(new Connection(socket, status, goingOn.raised))
  })
  const port = await listening(server)
  return {
    url: `http://127.0.0.1:${port}`,
    connections,
    continueReading: () => goingOn.raise(),
    settled: async () => {
      for (const { ended } of connections.slice(0, -1)) await ended
    },
  }
}

class Connection implements ParsedConnection {
  readonly socket: Socket
  readonly lines: string[] = []
  readonly ended: Promise<void>
  ending: Ending = 'open'
  readonly #status: number
  readonly #goingOn: Promise<void>
  #unparsed = ''

  constructor(socket: Socket, status: number, goingOn: Promise<void>) {
    this.socket = socket
    this.#status = status
    this.#goingOn = goingOn
    socket.on('data', (chunk: Buffer) => this.#parse(chunk.toString('latin1')))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A write that fails because the client has closed is not a RST that was read.
      this.ending = error.code === 'ECONNRESET' ? 'reset' : 'closed'
    })
    this.ended = new Promise((ended) => {
      socket.on('close', () => {
        if (this.ending === 'open') this.ending = 'closed'
        ended()
      })
    })
  }

  #parse(text: string): void {
    this.#unparsed += text
    let answers = ''
    for (;;) {
      const end = this.#unparsed.indexOf('\r\n\r\n')
      if (end === -1) break
      const [line] = requestLine.exec(this.#unparsed.slice(0, end + 2)) ?? []
      this.#unparsed = this.#unparsed.slice(end + 4)
      if (line === undefined) continue
      this.lines.push(line)
      answers += this.#answer(line)
      if (line.startsWith('PUT')) this.#pause()
    }
    // No request head in these specs is longer; content is.
    this.#unparsed = this.#unparsed.slice(-4096)
    if (answers !== '') this.socket.write(answers)
  }

  #answer(line: string): string {
    const text = line.split(' ', 1).join()
    if (text !== 'PUT') return `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`
    return `HTTP/1.1 ${this.#status} As Scripted\r\nContent-Length: 2\r\n\r\nno`
  }

  #pause(): void {
    this.socket.pause()
    void this.#goingOn.then(() => this.socket.resume())
  }
}
