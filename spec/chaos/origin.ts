import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { fields, type Message, type Play, type Received } from './plays.ts'
import { Serving } from './serving.ts'

/**
 * The origin of the chaos run, in a process of its own. Node's parser, not this package's, says
 * what is a complete message.
 */
class ChaosOrigin {
  readonly #server: Server
  readonly #messages: Message[] = []
  readonly #faults: string[] = []
  readonly #attempts = new Map<string, number>()
  #requests = 0

  constructor() {
    const take = (asked: boolean) => (request: Serving['request'], response: Serving['response']) =>
      this.#serve(new Serving(request, response, asked))
    this.#server = createServer({ requestTimeout: 0, headersTimeout: 0, noDelay: true })
      .on('request', take(false))
      .on('checkContinue', take(true))
      .on('clientError', (error: NodeJS.ErrnoException, socket) => {
        // A connection that ends, or is torn down, in the middle of a message is no fault.
        const ends = ['HPE_INVALID_EOF_STATE', 'ECONNRESET', 'EPIPE']
        if (!ends.includes(error.code ?? '')) this.#faults.push(error.code ?? error.message)
        ;(socket as Socket).destroy()
      })
  }

  listen(then: (port: number) => void): void {
    this.#server.listen(0, '127.0.0.1', 4096, () => {
      then((this.#server.address() as AddressInfo).port)
    })
  }

  received(): Received {
    return { messages: this.#messages, faults: this.#faults, requests: this.#requests }
  }

  #serve(serving: Serving): void {
    const { headers, method, url } = serving.request
    const upload = headers[fields.id]
    const plays = String(headers[fields.plays] ?? 'go').split(' ') as Play[]
    this.#requests += 1
    const name = typeof upload === 'string' ? upload : `${method} ${url}`
    const attempt = this.#attempts.get(name) ?? 0
    this.#attempts.set(name, attempt + 1)
    serving.onComplete = (message) => this.#messages.push({ ...message, upload: name })
    serving.play(plays[attempt] ?? 'go', attempt)
  }
}

const origin = new ChaosOrigin()
origin.listen((port) => process.send?.(port))
process.on('message', () => process.send?.(origin.received()))
process.on('disconnect', () => process.exit())
