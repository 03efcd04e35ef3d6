import type { Dispatcher } from 'undici'
import { ExpectAgent } from '../client/agent.ts'
import { expectContinue } from '../client/interceptor.ts'
import { contentOf } from '../content/kinds.ts'
import type { ExpectOptions } from '../options/options.ts'
import { checkOptions, expectOptionNames, pickExpectOptions } from '../options/settings.ts'
import type { Progress } from '../report/report.ts'
import { UploadLog } from '../report/upload-log.ts'
import { keepLegacyDispatcher } from '../runtime/legacy-dispatcher.ts'
import { checkDispatcher, refuseUnknown } from '../unknown.ts'
import { callKey, type ExpectDispatchOptions } from '../upload/expect-request.ts'

keepLegacyDispatcher()

/** Options of every adapter. */
export interface AdapterOptions extends ExpectOptions {
  /**
   * The undici dispatcher to use. Set proxies and TLS there, and close it yourself.
   *
   * @default an ExpectAgent of the adapter's own
   */
  dispatcher?: Dispatcher
}

export interface Outgoing {
  readonly origin: string
  /** Path and query, sent unchanged, because a signature may cover them. */
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Any content that `upload` takes; `null` or `undefined` for none. */
  readonly body: unknown
  readonly signal: AbortSignal
  /** Whether the connection is closed after the response. @default false */
  readonly closes?: boolean | undefined
  /** Called with the bytes of content that the connection accepted; fewer again after a late 417. */
  readonly onSent?: ((bytes: number) => void) | undefined
  /** Whether one-shot content that was not read before this status is kept for the client's retry. */
  readonly keepUnread?: (status: number) => boolean
}

/** Sends the requests of a client through a dispatcher that asks first. */
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

  /** Sends a request. Redirects are left to the client. */
  async send(request: Outgoing): Promise<Dispatcher.ResponseData> {
    const { origin, path, method, headers, signal, closes, body, keepUnread } = request
    const target = { origin, path, method: method as Dispatcher.HttpMethod, headers, signal }
    const own: ExpectDispatchOptions & Dispatcher.RequestOptions = { ...target, ...this.#options }
    if (closes) own.reset = true
    if (body !== null && body !== undefined) {
      const content = contentOf(body)
      own[callKey] = {
        log: new UploadLog({ onProgress: telling(request.onSent) }),
        content: (await content.lookUp?.()) ?? content,
        controller: null,
        ...(keepUnread && { keepsUnread: keepUnread }),
      }
      // A placeholder: undici destroys a stream that it is given. Text goes as it is, for it has no media type.
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

  /** The same, after running requests have ended. */
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

/** Calls `onSent` each time that the number of sent bytes changes. */
function telling(onSent: Outgoing['onSent']): ((progress: Progress) => void) | undefined {
  if (onSent === undefined) return undefined
  let told = 0
  return ({ sent }) => {
    if (sent === told) return
    told = sent
    onSent(sent)
  }
}

function asking(dispatcher: Dispatcher): Dispatcher {
  return dispatcher instanceof ExpectAgent ? dispatcher : dispatcher.compose(expectContinue())
}
