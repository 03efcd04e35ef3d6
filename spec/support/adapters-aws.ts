import {
  type AwsRequest,
  type ExpectHandlerOptions,
  expectHandler,
} from '../../lib/adapters/aws.ts'
import { waitFor } from './adapters-content.ts'
import { closeLater } from './closing.ts'

/** A handler that is destroyed after the spec. */
export function handlerWith(options: ExpectHandlerOptions = {}): ReturnType<typeof expectHandler> {
  const handler = expectHandler({ memory: false, ...waitFor(), ...options })
  closeLater(() => handler.destroy())
  return handler
}

/** A request to an origin. */
export function requestTo(
  origin: { readonly url: string },
  more: Partial<AwsRequest> = {},
): AwsRequest {
  const { protocol, hostname, port } = new URL(origin.url)
  return { method: 'PUT', protocol, hostname, port: Number(port), path: '/a', headers: {}, ...more }
}

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => new Error('nothing failed'),
    (error) => error,
  )
}
