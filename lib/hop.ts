import type { Dispatcher } from 'undici'

/** Where a request goes and how; redirects and challenges make a new one of the last. */
export interface Hop {
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly method: Dispatcher.HttpMethod
  /** Header fields as a flat list, without an `Expect` among them. */
  readonly headers: string[]
  /** Whether the content goes with it. */
  readonly hasContent: boolean
}

/** Origin and path; a query may hold credentials, and userinfo does. */
export function placeOf({ origin, path }: Hop): string {
  return new URL(origin).origin + path.split('?', 1)[0]
}
