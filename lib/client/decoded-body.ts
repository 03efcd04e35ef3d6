import type { Transform } from 'node:stream'
import { errors } from 'undici/index.js'
import { terminated } from './decoding.ts'
import type { BodySink, BodySource } from './response-body.ts'

/** Decodes the content of a response on its way from the connection to the stream. */
export class DecodedBody implements BodySink, BodySource {
  readonly #connection: BodySource
  readonly #decoders: readonly Transform[]
  readonly #first: Transform
  readonly #last: Transform
  #out: BodySink | null = null
  #over = false

  /** @param decoders are applied in this order; there is at least one. */
  constructor(connection: BodySource, decoders: readonly Transform[]) {
    this.#connection = connection
    this.#decoders = decoders
    this.#first = decoders[0] as Transform
    this.#last = decoders.at(-1) as Transform
  }

  pipe(out: BodySink): void {
    this.#out = out
    this.#first.on('drain', () => this.#connection.resume())
    for (const [at, decoder] of this.#decoders.entries()) {
      decoder.on('error', (error) => this.#broke(error))
      const next = this.#decoders[at + 1]
      if (next !== undefined) decoder.pipe(next)
    }
    this.#last.on('data', (chunk: Buffer) => out.push(chunk))
    this.#last.on('end', () => {
      this.#stop()
      out.end()
      // Bytes behind the end of the coded content are ignored.
      this.#connection.resume()
    })
  }

  push(chunk: Uint8Array): void {
    if (!this.#over && !this.#first.write(chunk)) this.#connection.pause()
  }

  end(): void {
    if (!this.#over) this.#first.end()
  }

  fail(reason: unknown): void {
    this.#stop()
    this.#out?.fail(reason)
  }

  pause(): void {
    this.#last.pause()
  }

  resume(): void {
    this.#last.resume()
  }

  abort(reason: Error): void {
    this.#stop()
    this.#connection.abort(reason)
  }

  /** The content is not coded as its `Content-Encoding` says. */
  #broke(error: Error): void {
    this.fail(terminated(error))
    this.#connection.abort(new errors.RequestAbortedError('The response cannot be decoded'))
  }

  #stop(): void {
    this.#over = true
    for (const decoder of this.#decoders) decoder.destroy()
  }
}
