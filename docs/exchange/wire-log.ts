import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { WireLine } from './recording.ts'

/** Milliseconds between two pieces of a body, which simulate a slow uplink. */
const gapMs = 1

/** A relay that records the heads it passes on. */
export interface WireLog {
  readonly url: string
  lines(): readonly WireLine[]
  close(): Promise<void>
}

/** Starts a relay to a server on 127.0.0.1. Each connection has one request. */
export async function startWireLog(originPort: number): Promise<WireLog> {
  const noted: WireLine[] = []
  const sockets: Socket[] = []
  const server = createServer((client) => {
    const origin = connect(originPort, '127.0.0.1')
    sockets.push(client, origin)
    tap(client, origin, noted, sockets.length / 2)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((closed) => server.close(() => closed()))
  }
  return { url: `http://127.0.0.1:${port}`, lines: () => noted, close }
}

function tap(client: Socket, origin: Socket, noted: WireLine[], connection: number): void {
  const reader = (direction: WireLine['direction']): ((chunk: Buffer) => void) =>
    headReader((text) => noted.push({ connection, direction, text }))
  const request = reader('>')
  const response = reader('<')
  client.on('data', (chunk: Buffer) => {
    request(chunk)
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

/** Reads heads up to the first final one. */
function headReader(onHead: (head: string) => void): (chunk: Buffer) => void {
  let text = ''
  let complete = false
  return (chunk) => {
    if (complete) return
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
  }
}
