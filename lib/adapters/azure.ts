import '../runtime/legacy-dispatcher.ts'
import { sendError } from './azure-error.ts'
import { type AzureRequest, fieldsOf } from './azure-request.ts'
import { type AzureResponse, take } from './azure-response.ts'
import { Cancellation } from './cancellation.ts'
import { type AdapterOptions, Sender } from './sender.ts'

export type { AzureHeaders } from './azure-headers.ts'
export type { AzureProgress, AzureRequest, AzureRequestHeaders } from './azure-request.ts'
export type { AzureResponse } from './azure-response.ts'

/** An HttpClient of the Azure SDK. */
export interface ExpectHttpClient extends AsyncDisposable {
  sendRequest<Request extends AzureRequest>(request: Request): Promise<AzureResponse<Request>>
  /** Closes the connections of the client's own agent; a dispatcher that was passed stays open. */
  destroy(): void
}

/**
 * An HTTP client for the clients of the Azure SDK.
 *
 * ```ts
 * const client = new BlockBlobClient(url, credential, { httpClient: expectHttpClient() })
 * ```
 *
 * Proxies and TLS are settings of the dispatcher; those of the SDK are ignored. Content that was
 * not read before a redirect or an error is kept for the SDK's next try, streams included.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function expectHttpClient(options: AdapterOptions = {}): ExpectHttpClient {
  const sender = new Sender(options)
  return {
    sendRequest: (request) => sendRequest(sender, request),
    destroy: () => sender.destroy(),
    [Symbol.asyncDispose]: () => sender.close(),
  }
}

async function sendRequest<Request extends AzureRequest>(
  sender: Sender,
  request: Request,
): Promise<AzureResponse<Request>> {
  const { protocol, origin, pathname, search } = new URL(request.url)
  if (protocol === 'http:' && request.allowInsecureConnection === false) {
    throw new Error(`Cannot connect to ${origin} while allowInsecureConnection is false.`)
  }
  const cancellation = new Cancellation(request)
  const { onUploadProgress } = request
  try {
    cancellation.signal.throwIfAborted()
    const response = await sender.send({
      origin,
      path: pathname + search,
      method: request.method,
      headers: fieldsOf(request),
      body: request.body,
      signal: cancellation.signal,
      closes: request.disableKeepAlive,
      onSent: onUploadProgress && ((loadedBytes) => onUploadProgress({ loadedBytes })),
      keepUnread: mayComeAgain,
    })
    return await take(request, response, cancellation)
  } catch (error) {
    cancellation.done()
    throw sendError(error, request)
  }
}

/** Statuses after which policies of the SDK send the same body again: redirects, challenges and retries. */
function mayComeAgain(status: number): boolean {
  return [307, 308, 401, 408, 429].includes(status) || status >= 500
}
