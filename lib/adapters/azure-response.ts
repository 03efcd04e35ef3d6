import { pipeline, type Readable, Transform } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { readError } from './azure-error.ts'
import { AzureHeaders } from './azure-headers.ts'
import type { AzureRequest } from './azure-request.ts'
import type { Cancellation } from './cancellation.ts'
import { nodeFields } from './response-fields.ts'

/** A response for the Azure SDK. */
export interface AzureResponse<Request> {
  request: Request
  status: number
  headers: AzureHeaders
  bodyAsText?: string
  readableStreamBody?: Readable
}

/** Makes the SDK's response, with a stream or with text, as the request says. */
export async function take<Request extends AzureRequest>(
  request: Request,
  { statusCode: status, headers: fields, body }: Dispatcher.ResponseData,
  cancellation: Cancellation,
): Promise<AzureResponse<Request>> {
  const headers = new AzureHeaders(nodeFields(fields))
  const response = { request, status, headers }
  if (request.method === 'HEAD') {
    cancellation.done()
    body.resume()
    return response
  }
  const stages = [...decoding(request, headers), ...counting(request)]
  const stream = stages.reduce<Readable>((from, to) => pipeline(from, to, () => {}), body)
  const wanted = request.streamResponseStatusCodes
  if (wanted?.has(status) || wanted?.has(Number.POSITIVE_INFINITY)) {
    cancellation.stopTimer()
    stream.once('close', () => cancellation.done())
    return { ...response, readableStreamBody: stream }
  }
  const chunks = await stream.toArray().catch((error: unknown) => {
    throw readError(error, request)
  })
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
