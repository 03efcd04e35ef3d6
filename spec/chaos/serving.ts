import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'
import { answerField, lateDelayMs, type Play } from './plays.ts'

/** What the origin keeps about a request. */
export interface Outcome {
  /** The final status; 0 for none. */
  status: number
  /** Whether the client was told that the request was not processed. */
  refused: boolean
}

/**
 * Handles one request at the origin. The classes of Node's two servers are compatible in the parts that are used
 * here.
 */
export class Serving {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #exchange: Exchange
  readonly #asked: boolean
  readonly outcome: Outcome = { status: 0, refused: false }
  #over = false
  #bytes = 0
  #attempt = 0
  /** Called when half of the content has arrived, if the length is known. */
  #midway: (() => void) | null = null

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
    asked: boolean,
  ) {
    this.#request = request
    this.#response = response
    this.#exchange = exchange
    this.#asked = asked
    request.on('error', () => {})
    response.on('error', () => {})
  }

  /** @param attempt the number of the request among those of the upload, from 0. */
  play(play: Play, attempt: number): void {
    this.#attempt = attempt
    const [what = '', ...when] = play.split('-')
    const act = (): void => this.#act(what, when)
    const atHead = !when.includes('midway') && !when.includes('after')
    const after = when.includes('after')
    const isTaken = this.#isTaken(what)
    if (!isTaken && when.includes('midway')) this.#midway = act
    const otherwise = after ? act : () => this.#take('go')
    this.#read(isTaken ? () => this.#take(what) : otherwise)
    if (!isTaken && atHead) act()
    else this.#goAhead(isTaken ? what : 'go')
  }

  #isTaken(what: string): boolean {
    const accepting = [
      'go',
      'silent',
      'late',
      'doubled',
      'again',
      'hints',
      'closing',
      'leaving',
      'mute',
      'half',
    ]
    return accepting.includes(what) || (what === '417' && !this.#asked)
  }

  #read(ended: () => void): void {
    const request = this.#request
    const half = Number(request.headers['content-length'] ?? 0) / 2
    request.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length
      if (this.#midway === null || this.#bytes < half) return
      this.#midway()
      this.#midway = null
    })
    request.on('end', () => {
      if (!this.#exchange.isComplete) return
      if (!this.#over && !this.#response.headersSent && !request.destroyed) ended()
    })
  }

  #goAhead(what: string): void {
    if (!this.#asked || what === 'silent') return
    const response = this.#response
    const go = (): void => {
      if (!response.headersSent && !response.destroyed) response.writeContinue()
    }
    if (what === 'hints') response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    if (what === 'late') setTimeout(go, lateDelayMs)
    else go()
    if (what === 'doubled') go()
    if (what === 'again') this.#midway = go
  }

  #take(what: string): void {
    const response = this.#response
    if (what === 'mute') return
    const closing = what === 'closing' ? this.#exchange.closeAfter() : {}
    const fields: Record<string, string> = { ...closing, [answerField]: 'taken' }
    if (what === 'half') fields['content-length'] = '1000'
    this.#head(201, fields)
    if (what === 'half') {
      response.write('half')
      return
    }
    response.end(String(this.#bytes))
    if (what === 'leaving') setTimeout(() => this.#exchange.reset(), 5)
  }

  /** Answers before the content has arrived. */
  #act(what: string, when: readonly string[]): void {
    const exchange = this.#exchange
    this.#over = true
    if (what === 'reset') exchange.reset()
    else if (what === 'cancel') exchange.cancel()
    else if (what === 'unprocessed') this.outcome.refused = exchange.refuse()
    else {
      const status = what === 'early' ? 200 : Number(what)
      const fields: Record<string, string> = { [answerField]: 'early' }
      if (status === 503) fields['retry-after'] = '0'
      if (status === 307 || status === 303) fields.location = `?attempt=${this.#attempt + 1}`
      if (when.includes('unread')) exchange.stopReading()
      this.#head(status, fields)
      this.#response.end(`${status}`)
      if (when.includes('reset')) setImmediate(() => exchange.reset())
    }
  }

  #head(status: number, fields: Record<string, string>): void {
    this.outcome.status = status
    fields[answerField] = `${this.#request.method} ${fields[answerField]}`
    this.#response.writeHead(status, fields)
  }
}
