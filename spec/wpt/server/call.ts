import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Ports, type Query, queryOf } from './site.ts'

/** Values that one request stores for another. */
export type Stash = Map<string, unknown>

/** The common part of Node's requests of both protocols. */
export interface Incoming extends Readable {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: string[]
  readonly httpVersionMajor: number
  readonly socket: {
    readonly remotePort?: number | undefined
    readonly localPort?: number | undefined
  }
}

/** A request as a handler sees it. */
export class Call {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: Query
  readonly stash: Stash
  readonly ports: Ports
  readonly request: Incoming

  constructor(request: Incoming, ports: Ports, stash: Stash) {
    const target = request.url ?? '/'
    this.request = request
    this.method = request.method ?? 'GET'
    this.path = decodeURIComponent(target.split('?', 1)[0] ?? '/')
    this.query = queryOf(target)
    this.ports = ports
    this.stash = stash
  }

  /** All values of a field, joined. */
  header(name: string): string | undefined {
    const { rawHeaders } = this.request
    const wanted = name.toLowerCase()
    const values = rawHeaders.filter(
      (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted,
    )
    return values.length === 0 ? undefined : values.join(', ')
  }

  get isHttp2(): boolean {
    return this.request.httpVersionMajor === 2
  }

  body(): Promise<Buffer> {
    return buffer(this.request)
  }
}
