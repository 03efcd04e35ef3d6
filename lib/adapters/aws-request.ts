import { withCredentials } from './credentials.ts'

/** A request of the AWS SDK. */
export interface AwsRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly path: string
  readonly query?: Readonly<Record<string, string | string[] | null>> | undefined
  readonly fragment?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly headers: Record<string, string>
  readonly body?: unknown
}

/** Scheme, host and port. */
export function originOf({ protocol, hostname, port }: AwsRequest): string {
  const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname
  return `${protocol}//${host}${port === undefined ? '' : `:${port}`}`
}

/** Path, query and fragment, as the SDK's own handler writes them. */
export function pathOf({ path, query = {}, fragment }: AwsRequest): string {
  const pairs = Object.keys(query)
    .sort()
    .flatMap((name) => {
      const value = query[name]
      if (Array.isArray(value)) return value.map((each) => `${escaped(name)}=${escaped(each)}`)
      return typeof value === 'string' ? `${escaped(name)}=${escaped(value)}` : escaped(name)
    })
  const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`
  return path + search + (fragment ? `#${fragment}` : '')
}

/** The SDK signs a query that is escaped like this. */
function escaped(text: string): string {
  const hex = (character: string): string =>
    `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text).replace(/[!'()*]/g, hex)
}

/** The header fields, with credentials where the request has them. */
export function headersOf(request: AwsRequest): Readonly<Record<string, string>> {
  const { headers, username = '', password = '' } = request
  return withCredentials(headers, username, password)
}
