import type { Dispatcher } from 'undici'
import { ExpectAgent, type ExpectAgentOptions } from '../client/agent.ts'
import { type Content, contentOf } from '../content/content.ts'
import type { Source } from '../content/source.ts'
import { withoutFields } from '../headers.ts'
import {
  checkOptions,
  type ExpectOptions,
  expectOptionNames,
  pickExpectOptions,
} from '../options.ts'
import type { Progress } from '../report/report.ts'
import { UploadLog } from '../report/upload-log.ts'
import { checkDispatcher, refuseUnknown } from '../unknown.ts'
import { type Call, callKey, type ExpectRequest } from '../upload/expect-request.ts'
import { expectContinue } from '../upload/interceptor.ts'

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
  /** Milliseconds in which nothing may come or go; 0 for no limit. @default undici's */
  readonly silence?: number | undefined
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
  /** What refusals left untouched, by the body that the client will come with again. */
  readonly #untouched = new WeakMap<object, Source>()
  #own: ExpectAgent | null = null

  /** @throws TypeError naming an option that is unknown or cannot be used. */
  constructor(options: AdapterOptions, alsoKnown: readonly string[] = []) {
    refuseUnknown(options, [...expectOptionNames, 'dispatcher', ...alsoKnown])
    this.#options = pickExpectOptions(options) ?? {}
    checkOptions(this.#options)
    const { dispatcher } = options
    checkDispatcher(dispatcher)
    this.#given = dispatcher === undefined ? null : asking(dispatcher)
  }

  /** Options for the adapter's own agent, which is made when it is first needed. */
  agentOptions: ExpectAgentOptions = {}

  /** Sends a request; redirects are the client's business. */
  async send(request: Outgoing): Promise<Dispatcher.ResponseData> {
    const { origin, path, method, signal, silence, closes, body, keepUntouched } = request
    // undici sees to the connection and its framing by itself, and throws on these.
    const headers = withoutFields(request.headers, 'transfer-encoding', 'keep-alive')
    const target = { origin, path, method: method as Dispatcher.HttpMethod, headers, signal }
    const own: ExpectRequest & Dispatcher.RequestOptions = { ...target, ...this.#options }
    if (closes) own.reset = true
    if (silence !== undefined) Object.assign(own, { headersTimeout: silence, bodyTimeout: silence })
    if (body !== null && body !== undefined) {
      own[callKey] = this.#call(
        body,
        new UploadLog({ onProgress: telling(request.onSent) }),
        keepUntouched,
      )
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

  #dispatcher(): Dispatcher {
    if (this.#given !== null) return this.#given
    this.#own ??= new ExpectAgent(this.agentOptions)
    return this.#own
  }

  #call(body: unknown, log: UploadLog, keepUntouched: Outgoing['keepUntouched']): Call {
    const key = typeof body === 'object' ? body : null
    const kept = key === null ? undefined : this.#untouched.get(key)
    if (key !== null) this.#untouched.delete(key)
    const content = kept === undefined ? contentOf(body) : untouched
    let over = false
    const call: Call = { log, content, source: kept ?? null, turn: 0, onOver }
    const lent = this.#untouched
    function onOver(): void {
      // A response says first that the content is needed no more, then that it has ended.
      if (over || call.source === null) return
      over = true
      const last = log.attempts.at(-1)
      const refused = last?.withheld === true && keepUntouched?.(last.status ?? 0) === true
      if (refused && key !== null && !content.replayable) lent.set(key, call.source)
      else call.source.cancel()
    }
    return call
  }
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

/** Stands for content whose source is at hand already, and which must not be looked at again. */
const untouched: Content = {
  length: null,
  type: null,
  replayable: false,
  exact: false,
  open: () => {
    throw new TypeError('The content has been opened before')
  },
}

/** A dispatcher that asks. */
function asking(dispatcher: Dispatcher): Dispatcher {
  return dispatcher instanceof ExpectAgent ? dispatcher : dispatcher.compose(expectContinue())
}
