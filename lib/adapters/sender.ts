import type { Dispatcher } from 'undici'
import { ExpectAgent } from '../client/agent.ts'
import { expectContinue } from '../client/interceptor.ts'
import { type Content, contentOf } from '../content/content.ts'
import { keepLegacyDispatcher } from '../legacy-dispatcher.ts'
import {
  checkOptions,
  type ExpectOptions,
  expectOptionNames,
  pickExpectOptions,
} from '../options/options.ts'
import type { Progress } from '../report/report.ts'
import { UploadLog } from '../report/upload-log.ts'
import { checkDispatcher, refuseUnknown } from '../unknown.ts'
import { callKey, type ExpectDispatchOptions } from '../upload/expect-request.ts'

keepLegacyDispatcher()

/** What every adapter takes. */
export interface AdapterOptions extends ExpectOptions {
  /**
   * The undici dispatcher to use; proxies and TLS are its business, and so is closing it.
   *
   * @default an ExpectAgent of the adapter's own
   */
  dispatcher?: Dispatcher
}

/** A request as a client describes it. */
export interface Outgoing {
  readonly origin: string
  /** Path and query, which go out as they are: a signature may have been made over them. */
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Whatever an upload can send, or `null` or `undefined` for nothing. */
  readonly body: unknown
  readonly signal: AbortSignal
  /** Whether the connection is to be closed behind the response. @default false */
  readonly closes?: boolean | undefined
  /** Told the bytes of content that the connection accepted; fewer again after a late 417. */
  readonly onSent?: ((bytes: number) => void) | undefined
  /** Whether one-shot content that a refusal left untouched is kept for the client's retry. */
  readonly keepUntouched?: (status: number) => boolean
}

/** Sends what a client asks for through a dispatcher that asks first. */
export class Sender {
  readonly #options: ExpectOptions
  readonly #given: Dispatcher | null
  #own: ExpectAgent | null = null

  /** @throws TypeError naming an option that is unknown or cannot be used. */
  constructor(options: AdapterOptions) {
    refuseUnknown(options, [...expectOptionNames, 'dispatcher'])
    this.#options = pickExpectOptions(options) ?? {}
    checkOptions(this.#options)
    const { dispatcher } = options
    checkDispatcher(dispatcher)
    this.#given = dispatcher === undefined ? null : asking(dispatcher)
  }

  /** Sends a request; redirects are the client's business. */
  async send(request: Outgoing): Promise<Dispatcher.ResponseData> {
    const { origin, path, method, headers, signal, closes, body, keepUntouched } = request
    const target = { origin, path, method: method as Dispatcher.HttpMethod, headers, signal }
    const own: ExpectDispatchOptions & Dispatcher.RequestOptions = { ...target, ...this.#options }
    if (closes) own.reset = true
    if (body !== null && body !== undefined) {
      own[callKey] = {
        log: new UploadLog({ onProgress: telling(request.onSent) }),
        content: await known(contentOf(body)),
        controller: null,
        ...(keepUntouched && { keepsUntouched: keepUntouched }),
      }
      // undici would destroy a stream that it got; text it takes for text of unknown type.
      own.body = typeof body === 'string' ? body : new Uint8Array(1)
    }
    return this.#dispatcher().request(own)
  }

  /** Closes the connections of the adapter's own agent; the next request makes new ones. */
  destroy(): void {
    const own = this.#own
    this.#own = null
    own?.destroy().catch(() => {})
  }

  /** The same, once what is under way is done. */
  async close(): Promise<void> {
    const own = this.#own
    this.#own = null
    await own?.close()
  }

  #dispatcher(): Dispatcher {
    if (this.#given !== null) return this.#given
    this.#own ??= new ExpectAgent({ proxy: 'node' })
    return this.#own
  }
}

/** The content with its length, where that has to be looked up. */
async function known(content: Content): Promise<Content> {
  return (await content.lookUp?.()) ?? content
}

/** Tells of the bytes that were sent, each time that there are more, or fewer. */
function telling(onSent: Outgoing['onSent']): ((progress: Progress) => void) | undefined {
  if (onSent === undefined) return undefined
  let told = 0
  return ({ sent }) => {
    if (sent === told) return
    told = sent
    onSent(sent)
  }
}

/** A dispatcher that asks. */
function asking(dispatcher: Dispatcher): Dispatcher {
  return dispatcher instanceof ExpectAgent ? dispatcher : dispatcher.compose(expectContinue())
}
