import { UploadError } from '../errors.ts'
import type { ProxyServer } from './server.ts'

/** The proxy answered CONNECT with something else than a tunnel. */
export function noTunnel(
  proxy: ProxyServer,
  authority: string,
  status: number,
  authorized: boolean,
): UploadError {
  const message = `The proxy ${proxy.name} answered ${status} to CONNECT ${authority}; ${adviceFor(status, authorized)}`
  const error = new UploadError('ERR_EXPECT_PROXY', message)
  error.response = { status }
  return error
}

function adviceFor(status: number, authorized: boolean): string {
  if (status === 407) {
    return authorized
      ? 'it does not accept the credentials of the proxy'
      : "give the proxy's credentials in its URL or in proxy.credentials"
  }
  if (status >= 500) return 'it did not reach the origin'
  return 'have it allow the origin, or reach the origin without it (NO_PROXY, proxy.noProxy)'
}

/**
 * Something failed on the way to the proxy, or at it. undici tries again by itself, without
 * end, after some of its own errors; so none of them is handed to it as it is.
 */
export function proxyFailure(proxy: ProxyServer, cause: Error): UploadError {
  if (cause instanceof UploadError) return cause
  const message = `The proxy ${proxy.name} could not be used: ${cause.message}`
  return new UploadError('ERR_EXPECT_PROXY', message, { cause })
}
