import { createServer, type TLSSocket } from 'node:tls'
import { type Frame, FrameReader } from './frames.ts'
import { identity } from './identity.ts'
import { listening } from './listening.ts'

export type Send = (...frames: Buffer[]) => void

interface FramesOrigin {
  readonly url: string
  /** The certificate to trust. */
  readonly ca: string
}

/** An HTTP/2 origin that sends only SETTINGS by itself; the spec sends all other frames. */
export async function framesOrigin(
  play: (text: string, send: Send, socket: TLSSocket, frame: Frame) => void,
): Promise<FramesOrigin> {
  const secret = await identity()
  const server = createServer({ ...secret, ALPNProtocols: ['h2'] }, (socket) => {
    const send: Send = (...frames) => {
      if (!socket.destroyed) socket.write(Buffer.concat(frames))
    }
    send(settings, ack('SETTINGS'))
    const reader = new FrameReader((text, frame) => play(text, send, socket, frame))
    socket.on('data', (chunk: Buffer) => reader.read(chunk))
    socket.on('error', () => {})
  })
  return { url: `https://127.0.0.1:${await listening(server)}`, ca: secret.cert }
}

/** An HTTP/2 frame (RFC 9113, section 4.1). */
function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

const settings = frame(4, 0, 0)

export function ack(of: 'SETTINGS' | 'PING'): Buffer {
  return of === 'SETTINGS' ? frame(4, 1, 0) : frame(6, 1, 0, Buffer.alloc(8))
}

/** A response head; `ends` sets END_STREAM. */
export function head(stream: number, status: number, ends = false): Buffer {
  // `:status`, by its name in the static table (RFC 7541, appendix A), not to be indexed.
  const field = Buffer.from(`\u0008\u0003${status}`, 'latin1')
  return frame(1, ends ? 5 : 4, stream, field)
}

/** Content in frames of 16 KiB; the last one has END_STREAM. */
export function data(stream: number, content: Uint8Array): Buffer {
  const frames: Buffer[] = []
  for (let at = 0; at < content.length; at += 16_384) {
    const end = at + 16_384
    frames.push(frame(0, end >= content.length ? 1 : 0, stream, content.subarray(at, end)))
  }
  return Buffer.concat(frames)
}

export function goaway(lastStream: number, code: number): Buffer {
  return frame(7, 0, 0, numbers(lastStream, code))
}

export function rstStream(stream: number, code: number): Buffer {
  return frame(3, 0, stream, numbers(code))
}

/** Lets the client send this many more bytes on the stream and on the connection. */
export function windowUpdate(stream: number, bytes: number): Buffer {
  return Buffer.concat([0, stream].map((which) => frame(8, 0, which, numbers(bytes))))
}
