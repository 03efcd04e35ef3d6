import { expect } from 'chai'
import type { Halt } from './halting.ts'
import { head, response } from './responses.ts'
import { through } from './through.ts'
import type { Wire } from './wire.ts'

/** One upload, as the origin has to see it. */
export interface Expected {
  readonly method: string
  readonly bytes: Buffer
  /** The `Content-Length` in its head, or `null` when it comes in chunks. */
  readonly length: number | null
}

/** What a run of a scenario knows, on both sides of the wire. */
export interface Run {
  /** Each upload, in the order in which they are made; its number ends its path. */
  readonly uploads: readonly Expected[]
  readonly halt: Halt
}

/** What an origin does on one connection. */
export type Play = (peer: Peer) => Promise<void>

/** The origin's end of one connection, checking all that comes against what was sent. */
export class Peer {
  readonly wire: Wire
  readonly #run: Run
  #head = ''

  constructor(wire: Wire, run: Run) {
    this.wire = wire
    this.#run = run
    // What is sent in pieces is not to be joined again on the way.
    wire.socket.setNoDelay(true)
  }

  /** Reads a head that asks. */
  async asked(): Promise<string> {
    return this.#next(['100-continue'])
  }

  /** Reads a head that does not ask. */
  async unasked(): Promise<string> {
    return this.#next([])
  }

  /** Sends text in pieces; up to the last of them, no content has come. */
  async says(...pieces: string[]): Promise<void> {
    for (const piece of pieces) {
      this.holds()
      await this.wire.pieces(piece)
    }
  }

  /** No content has come. */
  holds(): void {
    expect(this.wire.unread, 'bytes after the head').to.equal(0)
  }

  /** Whether any content came. */
  get hasContent(): boolean {
    return this.wire.unread > 0
  }

  /** Sends 103 responses for as long as no content comes. */
  async hintsUntilContent(): Promise<void> {
    while (!this.hasContent) {
      this.wire.raw(head(103))
      await new Promise((resolve) => setTimeout(resolve, 4))
    }
  }

  /** Waits until half of the content has come, without reading it. */
  async halfway(): Promise<void> {
    await this.arrived(Math.floor(this.#expected.bytes.length / 2))
  }

  /** Waits until this much has come after the head, without reading it. */
  async arrived(bytes: number): Promise<void> {
    while (this.wire.unread < bytes) await this.#news()
  }

  /** Lets a halting source go on. */
  lift(): void {
    this.#run.halt.lift()
  }

  /** Reads the content, which is what was to be sent, byte for byte. */
  async content(): Promise<void> {
    const content = await this.wire.content(this.#head)
    const { bytes } = this.#expected
    expect(content.length, 'the length of the content').to.equal(bytes.length)
    expect(content.equals(bytes), 'whether it is the content that was sent').to.equal(true)
  }

  /** Reads the content and answers. */
  async takes(status = 201, text = 'stored', ...fields: string[]): Promise<void> {
    await this.content()
    this.wire.raw(response(status, text, ...fields))
  }

  /** The client closes, and no content came. */
  async withheld(): Promise<void> {
    expect((await this.wire.closed()).toString('latin1'), 'bytes after the head').to.equal('')
  }

  /** The client closes, and what came is a beginning of the content and no complete message. */
  async incomplete(): Promise<void> {
    const raw = await this.wire.closed()
    const { bytes, length } = this.#expected
    const { content, complete } =
      length === null ? unchunked(raw) : { content: raw, complete: raw.length >= length }
    expect(complete, 'whether the message was complete').to.equal(false)
    const beginning = bytes.subarray(0, content.length)
    expect(content.equals(beginning), 'whether it begins as what was sent').to.equal(true)
  }

  get #expected(): Expected {
    const number = /^\w+ \/upload\/(\d+) /.exec(this.#head)?.[1]
    const expected = this.#run.uploads[Number(number)]
    if (expected === undefined) throw new Error(`No upload begins with ${this.#head.slice(0, 80)}`)
    return expected
  }

  async #next(expectations: string[]): Promise<string> {
    this.#head = await this.wire.head()
    const { method, length } = this.#expected
    expect(this.#head).to.match(new RegExp(`^${method} /upload/\\d+ HTTP/1\\.1\\r\\n`))
    expect(fields(this.#head, 'expect')).to.deep.equal(expectations)
    // Whoever passes a message on frames it as it likes (RFC 9112, section 6).
    if (through !== null && through.origin === null) return this.#head
    const lengths = length === null ? [] : [String(length)]
    expect(fields(this.#head, 'content-length')).to.deep.equal(lengths)
    expect(fields(this.#head, 'transfer-encoding')).to.deep.equal(
      length === null ? ['chunked'] : [],
    )
    return this.#head
  }

  #news(): Promise<void> {
    const { socket } = this.wire
    return new Promise((resolve, reject) => {
      const left = (): void => reject(new Error(`connection ${this.wire.index}: the peer left`))
      socket.once('close', left)
      socket.once('data', () => {
        socket.off('close', left)
        resolve()
      })
    })
  }
}

/** The values of all fields of this name. */
function fields(text: string, name: string): string[] {
  const lines = text.split('\r\n').slice(1)
  return lines
    .map((line) => line.split(': ', 2))
    .filter(([other]) => other?.toLowerCase() === name)
    .map(([, value]) => value ?? '')
}

/** What can be read of chunked content, and whether its last chunk is there. */
function unchunked(raw: Buffer): { content: Buffer; complete: boolean } {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const end = raw.indexOf('\r\n', at)
    const size = end === -1 ? Number.NaN : Number.parseInt(raw.toString('latin1', at, end), 16)
    if (Number.isNaN(size)) return { content: Buffer.concat(chunks), complete: false }
    if (size === 0) return { content: Buffer.concat(chunks), complete: true }
    chunks.push(raw.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}
