import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { bytesText } from '../../lib/report/timeline/amount.ts'
import type { WireLine } from './recording.ts'

/** Milliseconds between two pieces of content, which make an uplink that is slow enough to see. */
const gapMs = 1

/** A relay that writes down what goes through it. */
export interface WireLog {
  /** Where it listens. */
  readonly url: string
  /** What went through it, from the first byte on. */
  lines(): readonly WireLine[]
  close(): Promise<void>
}

type Noted = { -readonly [Name in keyof WireLine]: WireLine[Name] }

/** Starts a relay to an origin that listens on 127.0.0.1. Each connection carries one request. */
export async function startWireLog(originPort: number): Promise<WireLog> {
  const noted: Noted[] = []
  const sockets: Socket[] = []
  const server = createServer((client) => {
    const origin = connect(originPort, '127.0.0.1')
    sockets.push(client, origin)
    tap(client, origin, noted, sockets.length / 2)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const lines = (): WireLine[] => {
    const begun = noted[0]?.atMs ?? 0
    return noted.map((line) => ({ ...line, atMs: Math.round((line.atMs - begun) * 10) / 10 }))
  }
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((closed) => server.close(() => closed()))
  }
  return { url: `http://127.0.0.1:${port}`, lines, close }
}

function tap(client: Socket, origin: Socket, noted: Noted[], connection: number): void {
  const note = (direction: WireLine['direction'], text: string): Noted => {
    const line = { atMs: performance.now(), connection, direction, text }
    noted.push(line)
    return line
  }
  let content: Noted | null = null
  let bytes = 0
  const request = headReader((head) => note('>', head))
  const response = headReader((head) => note('<', head))
  client.on('data', (chunk: Buffer) => {
    const behind = request(chunk)
    if (behind > 0) {
      bytes += behind
      content ??= note('>', '')
      content.text = `${bytesText(bytes)} of content`
    }
    origin.write(chunk)
    client.pause()
    setTimeout(() => client.resume(), gapMs)
  })
  origin.on('data', (chunk: Buffer) => {
    response(chunk)
    client.write(chunk)
  })
  for (const [from, to] of [
    [client, origin],
    [origin, client],
  ] as const) {
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
  }
}

/** Reads heads up to the first that is not interim; answers how many bytes stand behind that. */
function headReader(onHead: (head: string) => void): (chunk: Buffer) => number {
  let text = ''
  let complete = false
  return (chunk) => {
    if (complete) return chunk.length
    text += chunk.toString('latin1')
    for (
      let end = text.indexOf('\r\n\r\n');
      end >= 0 && !complete;
      end = text.indexOf('\r\n\r\n')
    ) {
      const head = text.slice(0, end)
      text = text.slice(end + 4)
      complete = !/^HTTP\/1\.1 1/.test(head)
      onHead(head.replaceAll('\r\n', '\n'))
    }
    return complete ? text.length : 0
  }
}
