import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerField, lateness, type Message, type Play } from './plays.ts'

/** The serving of one request by the origin. */
export class Serving {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Told when the message is complete and its answer, if it gets one, was given. */
  onComplete: (message: Omit<Message, 'upload'>) => void = () => {}
  readonly #asked: boolean
  readonly #hash = createHash('sha256')
  #bytes = 0
  #attempt = 0
  /** What happens when half of the content has come, as far as that can be told. */
  #midway: (() => void) | null = null

  constructor(request: IncomingMessage, response: ServerResponse, asked: boolean) {
    this.request = request
    this.response = response
    this.#asked = asked
    request.on('error', () => {})
    response.on('error', () => {})
  }

  /** Does what is to be done; `attempt` counts the requests of the same upload, from 0. */
  play(play: Play, attempt: number): void {
    this.#attempt = attempt
    const [what = '', ...when] = play.split('-')
    const act = (): void => {
      this.#act(what, when.includes('reset'))
    }
    const atHead = when.length === 0 || when[0] === 'reset'
    const after = when.includes('after')
    const isTaken = this.#isTaken(what)
    if (!isTaken && when.includes('midway')) this.#midway = act
    this.#read(isTaken ? () => this.#take(what) : after ? act : () => this.#take('go'))
    if (!isTaken && atHead) act()
    else this.#goAhead(isTaken ? what : 'go')
  }

  #isTaken(what: string): boolean {
    const taken = [
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
    return taken.includes(what) || (what === '417' && !this.#asked)
  }

  #read(ended: () => void): void {
    const { request, response } = this
    const half = Number(request.headers['content-length'] ?? 0) / 2
    request.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length
      this.#hash.update(chunk)
      if (this.#midway === null || this.#bytes < half) return
      this.#midway()
      this.#midway = null
    })
    request.on('end', () => {
      if (!request.complete) return
      if (!response.headersSent && !request.destroyed) ended()
      const status = response.headersSent ? response.statusCode : 0
      const sha256 = this.#hash.digest('hex')
      const { method = '' } = request
      this.onComplete({ method, attempt: this.#attempt, bytes: this.#bytes, sha256, status })
    })
  }

  #goAhead(what: string): void {
    if (!this.#asked || what === 'silent') return
    const { response } = this
    const go = (): void => {
      if (!response.headersSent && !response.destroyed) response.writeContinue()
    }
    if (what === 'hints') response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    if (what === 'late') setTimeout(go, lateness)
    else go()
    if (what === 'doubled') go()
    if (what === 'again') this.#midway = go
  }

  #take(what: string): void {
    const { response } = this
    if (what === 'mute') return
    const fields: Record<string, string> = { [answerField]: `${this.request.method} taken` }
    if (what === 'closing') fields.connection = 'close'
    if (what === 'half') fields['content-length'] = '1000'
    response.writeHead(201, fields)
    if (what === 'half') {
      response.write('half')
      return
    }
    response.end(String(this.#bytes))
    if (what === 'leaving') setTimeout(() => this.request.socket.resetAndDestroy(), 5)
  }

  /** Answers without a look at the content, or what there is to come of it. */
  #act(what: string, resets: boolean): void {
    const { request, response } = this
    if (what === 'reset') {
      request.socket.resetAndDestroy()
      return
    }
    const status = what === 'early' ? 200 : Number(what)
    const fields: Record<string, string> = { [answerField]: `${request.method} early` }
    if (status === 503) fields['retry-after'] = '0'
    if (status === 307 || status === 303) fields.location = `?attempt=${this.#attempt + 1}`
    response.writeHead(status, fields)
    response.end(`${status}`)
    if (resets) setImmediate(() => request.socket.resetAndDestroy())
  }
}
