import type { ExpectMode } from '../protocol/decision.ts'
import type { ResumeToken } from '../report/report.ts'
import type { RouteMemory } from '../routes/memory.ts'
import type { Authenticate } from './authenticate.ts'

/**
 * How uploads ask. `ExpectAgent`, `expectContinue()`, `upload`, `fetch`'s init and each dispatch
 * take the same names; the most specific one wins.
 */
export interface ExpectOptions {
  /**
   * `'always'` asks whenever there is content, `'never'` does not, `'auto'` asks when the
   * content is at least `threshold` bytes or of unknown length. A request's own
   * `Expect: 100-continue` header means `'always'`, an empty `Expect` means `'never'`.
   *
   * @default 'auto'
   */
  expect?: ExpectMode
  /**
   * The fewest bytes of content for which `'auto'` asks.
   *
   * @default 1048576
   */
  threshold?: number
  /**
   * Milliseconds that the content waits for a 100 after the head has left. Then it is sent without
   * one (RFC 9110, section 10.1.1). `'adaptive'` uses the memory of the route: 300 ms plus 4 times
   * the longest of the last eight times to a 100, at most 3000; 1000 if none is known.
   *
   * @default 1000
   */
  continueTimeout?: number | 'adaptive'
  /**
   * Bytes of one-shot content that are kept while it is sent, so that the request can be repeated
   * after a response that comes right behind the 100 (a 417, a 307, a 401). References are kept, not
   * copies.
   *
   * @default 262144
   */
  replayWindow?: number
  /**
   * Milliseconds to wait for a response after a write has failed.
   *
   * @default 500
   */
  rescueTimeout?: number
  /** Remembers what routes did with expectations; `false` for no memory. By default a shared one. */
  memory?: RouteMemory | false
  /**
   * What to do about a 301, 302, 303, 307 or 308: `'follow'` it, or return it (`'manual'`).
   * The default of `upload` is `'follow'`; `fetch` has the modes of the Fetch standard.
   *
   * @default 'manual'
   */
  redirect?: RedirectMode
  /**
   * Redirects that are followed one after another; one more is an error. With 0 they are returned.
   * The default of `fetch` is 20.
   *
   * @default 5
   */
  maxRedirections?: number
  /**
   * Whether a redirect from https to http is followed; otherwise it is an error. The default of
   * `fetch` is `true`.
   *
   * @default false
   */
  allowInsecureRedirect?: boolean
  /**
   * How often an upload is retried after a response with one of the statuses for it, or after the
   * connection failed: a count, or {@link RetryOptions}. Independently of this, there is one more
   * attempt if a connection failed before any content left and any byte of a response came.
   *
   * @default 0
   */
  retry?: number | RetryOptions
  /**
   * Whether uploads are made resumable if the origin supports it
   * (draft-ietf-httpbis-resumable-upload), and how they go on after an interruption. A token,
   * `report.resume`, continues an upload of another process; it is for one call only.
   *
   * @default false
   */
  resume?: boolean | ResumeOptions
  /**
   * Time limits of the phases in milliseconds, beside `continueTimeout`; beyond them the upload
   * fails.
   *
   * @default {}
   */
  timeouts?: TimeoutOptions
  /**
   * Answers a 401 of the origin, and under `proxy` a proxy's 407: credentials, or a function that
   * returns header fields for the next attempt. Credentials name the origin that gets them; those of
   * one call of `upload` or `fetch` are for the origin of its URL. Use the same object or function
   * for all uploads, because nonces are kept by it.
   *
   * @default null
   */
  authenticate?: Authenticate | null
}

/** How often, when and after which statuses an upload is retried. */
export interface RetryOptions {
  /** The most attempts after the first. @default 3 */
  count?: number
  /** Statuses that are retried. @default 408, 425, 429, 500, 502, 503, 504 */
  statuses?: readonly number[]
  /** Milliseconds before the first retry; doubled for each that follows. @default 500 */
  minDelay?: number
  /**
   * The longest wait in milliseconds; a longer `Retry-After` ends the retries. A random part, at
   * most a quarter, is added to a `Retry-After` beyond this.
   *
   * @default 30000
   */
  maxDelay?: number
}

/** How an upload goes on after an interruption. A {@link ResumeToken} continues the upload it is of. */
export interface ResumeOptions extends Partial<ResumeToken> {
  /** The most tries in a row that bring no more content to the origin. @default 5 */
  attempts?: number
  /** Milliseconds before the first try; doubled for each that follows. @default 500 */
  minDelay?: number
  /** The longest wait in milliseconds; a longer `Retry-After` ends the tries. @default 30000 */
  maxDelay?: number
  /**
   * Called with the token for another process as soon as there is one, and with `null` once the
   * upload is complete or cancelled. Without this, an upload that fails or is aborted is cancelled
   * at the origin, unless another process began it.
   */
  onToken?: (token: ResumeToken | null) => void
  /**
   * Asks for the digest of the whole content (`Want-Repr-Digest`, RFC 9530) and compares it with that of the
   * bytes that were read, over all attempts. When they differ, the upload fails. When the origin sends
   * none, it does not; `report.digest` tells whether one was compared.
   *
   * @default no digest
   */
  digest?: 'sha-256' | 'sha-512'
}

/** Time limits of the phases of an upload, in milliseconds; 0 for none. */
export interface TimeoutOptions {
  /**
   * From the begin of an attempt until its connection is there, also where it waits for one that is
   * in use.
   *
   * @default 0, beside undici's `connectTimeout`
   */
  connect?: number
  /**
   * From the write of content until the connection has accepted some of it. Waiting for the
   * content's source does not count.
   *
   * @default 300000
   */
  stall?: number
  /**
   * From the last byte of content to the end of the final response's head; if that begins
   * earlier, from its status line.
   *
   * @default undici's `headersTimeout`
   */
  headers?: number
  /** From one chunk of the response's content to the next. @default undici's `bodyTimeout` */
  body?: number
  /** The whole upload with all attempts, to the end of the response. @default 0 */
  total?: number
}

/** How a dispatcher treats redirects. */
export type RedirectMode = 'follow' | 'manual'
