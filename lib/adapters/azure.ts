import { pipeline, type Readable, Transform } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { UploadError } from '../errors.ts'
import { AzureHeaders } from './azure-headers.ts'
import { abortError, Cancellation, type SignalLike } from './cancellation.ts'
import { type AdapterOptions, Sender } from './sender.ts'

/** How far a transfer is. */
export interface AzureProgress {
  loadedBytes: number
}

/** The header fields of a request, in the shape of today's pipeline or of the one before. */
export interface AzureRequestHeaders {
  get(name: string): string | undefined
  toJSON?(options?: { preserveCase?: boolean }): Record<string, string>
  toJson?(options?: { preserveCase?: boolean }): Record<string, string>
}

/** A request of the Azure SDK. */
export interface AzureRequest {
  url: string
  method: string
  headers: AzureRequestHeaders
  body?: unknown
  timeout: number
  abortSignal?: SignalLike | undefined
  allowInsecureConnection?: boolean | undefined
  streamResponseStatusCodes?: Set<number> | undefined
  onUploadProgress?: ((progress: AzureProgress) => void) | undefined
  onDownloadProgress?: ((progress: AzureProgress) => void) | undefined
}

/** A response for the Azure SDK. */
export interface AzureResponse<Request> {
  request: Request
  status: number
  headers: AzureHeaders
  bodyAsText?: string
  readableStreamBody?: Readable
}

/** What the Azure SDK calls an HttpClient. */
export interface ExpectHttpClient {
  sendRequest<Request extends AzureRequest>(request: Request): Promise<AzureResponse<Request>>
  /** Closes the connections; a dispatcher that was passed is left to its owner. */
  destroy(): void
}

/**
 * An HTTP client for the clients of the Azure SDK.
 *
 * ```ts
 * const client = new BlockBlobClient(url, credential, { httpClient: expectHttpClient() })
 * ```
 *
 * Proxies and TLS are settings of the dispatcher; those of the SDK are not looked at. Content
 * that a redirect or an error left untouched is kept for the SDK's next try, streams included.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function expectHttpClient(options: AdapterOptions = {}): ExpectHttpClient {
  const sender = new Sender(options)
  return {
    sendRequest: (request) => sendRequest(sender, request),
    destroy: () => sender.destroy(),
  }
}

async function sendRequest<Request extends AzureRequest>(
  sender: Sender,
  request: Request,
): Promise<AzureResponse<Request>> {
  const { abortSignal, timeout, url } = request
  const { protocol, origin, pathname, search } = new URL(url)
  if (protocol === 'http:' && request.allowInsecureConnection === false) {
    throw new Error(`Cannot connect to ${origin} while allowInsecureConnection is false.`)
  }
  const cancellation = new Cancellation()
  cancellation.follow(abortSignal, () => abortError('The operation was aborted.'))
  cancellation.after(timeout, () => abortError(`The operation took longer than ${timeout} ms.`))
  const { onUploadProgress } = request
  try {
    cancellation.signal.throwIfAborted()
    const response = await sender.send({
      origin,
      path: pathname + search,
      method: request.method,
      headers: fieldsOf(request.headers),
      body: request.body,
      signal: cancellation.signal,
      onProgress: onUploadProgress && (({ sent }) => onUploadProgress({ loadedBytes: sent })),
      keepUntouched: mayComeAgain,
    })
    return await take(request, response, cancellation)
  } catch (error) {
    cancellation.done()
    throw restError(error, request)
  }
}

async function take<Request extends AzureRequest>(
  request: Request,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  cancellation: Cancellation,
): Promise<AzureResponse<Request>> {
  const response = { request, status: statusCode, headers: new AzureHeaders(headers) }
  const stages = [...decoding(request, response.headers), ...counting(request)]
  const stream = stages.reduce<Readable>((from, to) => pipeline(from, to, () => {}), body)
  const wanted = request.streamResponseStatusCodes
  if (wanted?.has(statusCode) || wanted?.has(Number.POSITIVE_INFINITY)) {
    cancellation.stopTimer()
    stream.once('close', () => cancellation.done())
    return { ...response, readableStreamBody: stream }
  }
  const chunks = await stream.toArray()
  cancellation.done()
  return { ...response, bodyAsText: Buffer.concat(chunks).toString() }
}

function decoding({ headers }: AzureRequest, answered: AzureHeaders): Transform[] {
  if (!/gzip|deflate/.test(headers.get('accept-encoding') ?? '')) return []
  const coding = answered.get('content-encoding')
  if (coding === 'gzip') return [createGunzip()]
  return coding === 'deflate' ? [createInflate()] : []
}

function counting({ onDownloadProgress }: AzureRequest): Transform[] {
  if (onDownloadProgress === undefined) return []
  let loadedBytes = 0
  const counter = new Transform({
    transform: (chunk: Buffer, _encoding, callback) => {
      loadedBytes += chunk.length
      onDownloadProgress({ loadedBytes })
      callback(null, chunk)
    },
  })
  return [counter]
}

function fieldsOf(headers: AzureRequestHeaders): Record<string, string> {
  const write = headers.toJSON ?? headers.toJson
  return write?.call(headers, { preserveCase: true }) ?? {}
}

/** The SDK's policies follow a redirect, answer a challenge and try again with the same body. */
function mayComeAgain(status: number): boolean {
  return [307, 308, 401, 408, 429].includes(status) || status >= 500
}

const sameCode: Record<string, string> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_BODY_TIMEOUT: 'ETIMEDOUT',
}

/** The SDK knows its RestError by name, and tries again by code. */
function restError(error: unknown, request: AzureRequest): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error.name === 'AbortError') {
    return error
  }
  const own = (error as NodeJS.ErrnoException).code ?? 'REQUEST_SEND_ERROR'
  const code = error instanceof UploadError ? own : (sameCode[own] ?? own)
  const rest = Object.assign(new Error(error.message, { cause: error }), {
    name: 'RestError',
    code,
  })
  // A request may hold credentials, which nobody wants to see printed.
  return Object.defineProperty(rest, 'request', { value: request, enumerable: false })
}
