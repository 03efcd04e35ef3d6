import { UploadError } from '../errors.ts'
import type { AzureRequest } from './azure-request.ts'

/** The codes of node:http, by which the SDK decides about retries. */
const sameCode: Record<string, string> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_BODY_TIMEOUT: 'ETIMEDOUT',
  ERR_STREAM_PREMATURE_CLOSE: 'REQUEST_SEND_ERROR',
}

export function sendError(error: unknown, request: AzureRequest): unknown {
  if (!(error instanceof Error) || isLeftAsItIs(error)) return error
  const own = (error as NodeJS.ErrnoException).code ?? 'REQUEST_SEND_ERROR'
  const code = error instanceof UploadError ? own : (sameCode[own] ?? own)
  return restError(error.message, code, request, error)
}

export function readError(error: unknown, request: AzureRequest): unknown {
  if (!(error instanceof Error) || isLeftAsItIs(error)) return error
  const message = `Error reading response as text: ${error.message}`
  return restError(message, 'PARSE_ERROR', request, error)
}

function isLeftAsItIs(error: Error): boolean {
  return error instanceof TypeError || ['AbortError', 'RestError'].includes(error.name)
}

/** The SDK recognises its RestError by the name. */
function restError(message: string, code: string, request: AzureRequest, cause: Error): Error {
  const error = Object.assign(new Error(message, { cause }), { name: 'RestError', code })
  // Not enumerable, so that credentials in the request are not printed with the error.
  return Object.defineProperty(error, 'request', { value: request, enumerable: false })
}
