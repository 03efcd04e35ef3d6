import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Progress, UploadMessage } from '../index.ts'
import { bytesText } from './amount.ts'
import {
  type Connected,
  type ResponseHead,
  requestHead,
  responseFields,
  type SentHead,
} from './exchange-message.ts'
import { shownField, withoutQuery } from './redaction.ts'

type Listener = (message: unknown) => void

/**
 * Says what goes over the wire, as curl does: `>` before what is sent, `<` before what comes,
 * `*` before what happens. Credentials are left out. It hears of all uploads of the process, so
 * they must be made one at a time.
 */
export class Exchange {
  readonly #say: (line: string) => void
  readonly #heard: readonly (readonly [string, Listener])[]
  /** The lines of a head that was begun; how its content is framed is not known yet. */
  #head: string[] = []
  #protocol = 'HTTP/1.1'

  constructor(say: (line: string) => void) {
    this.#say = say
    this.#heard = [
      ['undici:client:connected', (message) => this.#connected(message as Connected)],
      ['undici:client:sendHeaders', (message) => this.#begin(message as SentHead)],
      ['undici:request:headers', (message) => this.#answered(message as ResponseHead)],
      ['expect-continue:interim', (message) => this.#interim(message as UploadMessage)],
      ['expect-continue:silent', () => say('* nobody answered in time; the content goes')],
      ['expect-continue:refuse', () => say('* the content stays here')],
      ['expect-continue:rescue', (message) => this.#rescued(message as UploadMessage)],
      ['expect-continue:replay', () => say('* once more, without the expectation')],
    ]
  }

  /** Begins to listen; what it returns ends that. */
  listen(): () => void {
    for (const [name, listener] of this.#heard) subscribe(name, listener)
    return () => {
      for (const [name, listener] of this.#heard) unsubscribe(name, listener)
    }
  }

  /** Is told how far the upload is, which tells how the request goes on. */
  progress({ phase, sent, total }: Progress): void {
    if (this.#head.length > 0) {
      this.#end([...this.#framing(total), ...(phase === 'waiting' ? ['expect: 100-continue'] : [])])
    }
    if (phase === 'responding' && sent > 0) this.#say(`* ${bytesText(sent)} of content sent`)
  }

  #connected({ connectParams: { host }, socket }: Connected): void {
    this.#say(`* connected to ${host}${socket.encrypted === true ? ' with TLS' : ''}`)
  }

  #begin({ headers, socket }: SentHead): void {
    this.#protocol = socket.alpnProtocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
    const { method, target, fields } = requestHead(headers)
    this.#head = [
      `${method} ${withoutQuery(target)} ${this.#protocol}`,
      ...fields.map(([name, value]) => shownField(name, value)),
    ]
  }

  /** What is said of the content's length, which undici tells of HTTP/2 alone. */
  #framing(total: number | null): string[] {
    if (this.#protocol === 'HTTP/2') return []
    return [total === null ? 'transfer-encoding: chunked' : `content-length: ${total}`]
  }

  #end(fields: readonly string[]): void {
    for (const line of [...this.#head, ...fields, '']) this.#say(`> ${line}`.trimEnd())
    this.#head = []
  }

  #interim({ status }: UploadMessage): void {
    // The others are told with their fields.
    if (status === 100) this.#answer('100 Continue', [])
  }

  #answered({ response }: ResponseHead): void {
    // A request without content makes no progress.
    if (this.#head.length > 0) this.#end([])
    const { statusCode, statusText, headers } = response
    if (statusCode === 100) return
    const fields = responseFields(headers)
    this.#answer(`${statusCode} ${statusText}`, fields)
  }

  #answer(status: string, fields: readonly [string, string][]): void {
    this.#say(`< ${this.#protocol} ${status}`.trimEnd())
    for (const [name, value] of fields) this.#say(`< ${shownField(name, value)}`)
    this.#say('<')
  }

  #rescued({ code = 'a write failed' }: UploadMessage): void {
    this.#say(`* ${code}: the content is not taken any more; an answer may have come`)
  }
}
