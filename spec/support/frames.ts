/** The frames that decide what happens to a request or a connection (RFC 9113, section 6). */
const types = new Map([
  [0, 'DATA'],
  [1, 'HEADERS'],
  [3, 'RST_STREAM'],
  [4, 'SETTINGS'],
  [6, 'PING'],
])

const prefaceLength = 24
const headLength = 9
const endStream = 1
const padded = 8

export interface Frame {
  readonly type: string
  readonly stream: number
  /** Whether it has END_STREAM. */
  readonly ends: boolean
  /** The content of a DATA frame; empty for others. */
  readonly content: Buffer
}

export class FrameReader {
  readonly #onFrame: (text: string, frame: Frame) => void
  #unread: Buffer = Buffer.alloc(0)
  #skip = prefaceLength

  /** @param onFrame gets each frame as text, such as `DATA 1 END_STREAM` or `RST_STREAM 1 code 8`. */
  constructor(onFrame: (text: string, frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes])
    if (this.#unread.length < this.#skip) return
    let at = this.#skip
    this.#skip = 0
    while (this.#unread.length >= at + headLength) {
      const end = at + headLength + this.#unread.readUIntBE(at, 3)
      if (this.#unread.length < end) break
      this.#tell(this.#unread.subarray(at, end))
      at = end
    }
    this.#unread = this.#unread.subarray(at)
  }

  #tell(frame: Buffer): void {
    const type = types.get(frame.readUInt8(3))
    if (type === undefined) return
    const stream = frame.readUInt32BE(5) & 0x7fffffff
    const flags = type === 'RST_STREAM' ? 0 : frame.readUInt8(4)
    const ends = (flags & endStream) !== 0
    const words = [type, stream]
    if (type === 'RST_STREAM') words.push('code', frame.readUInt32BE(headLength))
    else if (ends) words.push('END_STREAM')
    const content = type === 'DATA' ? contentOf(frame, (flags & padded) !== 0) : Buffer.alloc(0)
    this.#onFrame(words.join(' '), { type, stream, ends, content })
  }
}

function contentOf(frame: Buffer, isPadded: boolean): Buffer {
  if (!isPadded) return frame.subarray(headLength)
  return frame.subarray(headLength + 1, frame.length - frame.readUInt8(headLength))
}
