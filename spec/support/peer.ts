import { expect } from 'chai'
import type { Halt } from './halting.ts'
import { head, response } from './responses.ts'
import { through } from './through.ts'
import type { Wire } from './wire.ts'

/** An upload as the origin must see it. */
export interface Expected {
  readonly method: string
  readonly bytes: Buffer
  /** The Content-Length, or `null` for chunked content. */
  readonly length: number | null
}

/** The state of a scenario, shared by client and origin. */
export interface Run {
  /** In order; the index is the last segment of the path. */
  readonly uploads: readonly Expected[]
  readonly halt: Halt
}

export type Play = (peer: Peer) => Promise<void>

/** The origin's side of one connection. It checks what arrives against what was sent. */
export class Peer {
  readonly wire: Wire
  readonly #run: Run
  #head = ''

  constructor(wire: Wire, run: Run) {
    this.wire = wire
    this.#run = run
    // Nagle's algorithm would join pieces that are sent separately.
    wire.socket.setNoDelay(true)
  }

  /** Reads a head that has an expectation. */
  async readHeadWithExpect(): Promise<string> {
    return this.#next(['100-continue'])
  }

  /** Reads a head that has no expectation. */
  async readHeadWithoutExpect(): Promise<string> {
    return this.#next([])
  }

  /** Sends text in pieces. Before each piece, no content may have arrived. */
  async sendPieces(...pieces: string[]): Promise<void> {
    for (const piece of pieces) {
      this.expectNoContent()
      await this.wire.pieces(piece)
    }
  }

  /** Fails if content has arrived. */
  expectNoContent(): void {
    expect(this.wire.unread, 'bytes after the head').to.equal(0)
  }

  get hasContent(): boolean {
    return this.wire.unread > 0
  }

  /** Sends 103 responses until content arrives. */
  async sendHintsUntilContent(): Promise<void> {
    while (!this.hasContent) {
      this.wire.raw(head(103))
      await new Promise((resolve) => setTimeout(resolve, 4))
    }
  }

  /** Waits until half of the content has arrived, without reading it. */
  async waitForHalf(): Promise<void> {
    await this.waitForBytes(Math.floor(this.#expected.bytes.length / 2))
  }

  /** Waits until this many bytes have arrived after the head, without reading them. */
  async waitForBytes(bytes: number): Promise<void> {
    while (this.wire.unread < bytes) await this.#nextData()
  }

  /** Resumes a paused source. */
  resume(): void {
    this.#run.halt.resume()
  }

  /** Reads the content and compares it with what was sent. */
  async readContent(): Promise<void> {
    const content = await this.wire.content(this.#head)
    const { bytes } = this.#expected
    expect(content.length, 'the length of the content').to.equal(bytes.length)
    expect(content.equals(bytes), 'whether it is the content that was sent').to.equal(true)
  }

  /** Reads the content and answers. */
  async accept(status = 201, text = 'stored', ...fields: string[]): Promise<void> {
    await this.readContent()
    this.wire.raw(response(status, text, ...fields))
  }

  /** Waits for the client to close, without content. */
  async expectClosedWithoutContent(): Promise<void> {
    expect((await this.wire.closed()).toString('latin1'), 'bytes after the head').to.equal('')
  }

  /** Waits for the client to close. What arrived must be a prefix of the content, and no complete message. */
  async expectClosedIncomplete(): Promise<void> {
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
    // A proxy may change the framing of a message that it forwards (RFC 9112, section 6).
    if (through !== null && through.origin === null) return this.#head
    const lengths = length === null ? [] : [String(length)]
    expect(fields(this.#head, 'content-length')).to.deep.equal(lengths)
    expect(fields(this.#head, 'transfer-encoding')).to.deep.equal(
      length === null ? ['chunked'] : [],
    )
    return this.#head
  }

  #nextData(): Promise<void> {
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

function fields(text: string, name: string): string[] {
  const lines = text.split('\r\n').slice(1)
  return lines
    .map((line) => line.split(': ', 2))
    .filter(([other]) => other?.toLowerCase() === name)
    .map(([, value]) => value ?? '')
}

/** The content of complete chunks, and whether the last chunk is there. */
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
