import type { GatedClient } from './client.ts'
import type { Ticket } from './ticket.ts'

/**
 * The body of an upload as passed to undici. undici reads its size when it writes the head. Over
 * HTTP/1.1 the size is 0, and undici writes a head without content. Over HTTP/2 the size is that of
 * the content. The stream then yields nothing, and ends when the gate has written the content.
 *
 * undici recognizes a Blob by `instanceof`. A real Blob would allocate a handle of node's.
 */
export class UploadBody {
  readonly #ticket: Ticket
  readonly #client: GatedClient
  #end: (() => void) | null = null
  #ended = false

  constructor(ticket: Ticket, client: GatedClient) {
    this.#ticket = ticket
    this.#client = client
  }

  get size(): number | null {
    return this.#client.gate?.isHttp2 ? this.#ticket.length : 0
  }

  get type(): string {
    return ''
  }

  async *stream(): AsyncGenerator<never, void> {
    if (this.#ended) return
    await new Promise<void>((resolve) => {
      this.#end = resolve
    })
  }

  end(): void {
    this.#ended = true
    this.#end?.()
  }
}

Object.setPrototypeOf(UploadBody.prototype, Blob.prototype)
