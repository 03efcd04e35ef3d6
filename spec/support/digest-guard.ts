import { createHash } from 'node:crypto'
import type { OriginMode } from '../../lib/testing/index.ts'
import type { SeenRequest } from '../../lib/testing/seen.ts'

/** How a guard challenges. */
interface GuardOptions {
  readonly username?: string
  readonly password?: string
  /** Further parameters of its challenge. */
  readonly extra?: string
  /** Node's name of the hash, and the algorithm's. */
  readonly hash?: readonly [string, string]
}

/** What a guard saw of one request's credentials. */
interface SeenCredentials {
  readonly nonce: string
  readonly nc: string
  readonly accepted: boolean
}

/** Stands before an origin, wants Digest credentials and checks them by its own arithmetic. */
export class DigestGuard {
  /** The credentials of each request that carried some, in order. */
  readonly seen: SeenCredentials[] = []
  /** Nonces that are good. */
  readonly nonces = new Set<string>()
  /** The nonce of the next challenge; each challenge has another one while it is `null`. */
  nonce: string | null = null
  readonly #options: GuardOptions
  #count = 0

  constructor(options: GuardOptions = {}) {
    this.#options = options
  }

  /** What an origin does with a request: takes it, or challenges it. */
  readonly mode = (request: SeenRequest): OriginMode => {
    const { authorization } = request.headers
    if (authorization === undefined) return this.challenge('')
    const fields = fieldsOf(authorization)
    const { nonce = '', nc = '', response = '' } = fields
    const known = this.nonces.has(nonce)
    const right = response === this.#response(request, fields)
    const first = !this.seen.some((each) => each.nonce === nonce && each.nc === nc)
    const accepted = known && right && first
    this.seen.push({ nonce, nc, accepted })
    if (accepted) return 'go'
    return this.challenge(right && !known ? ', stale=true' : '')
  }

  /** A 401 with a nonce that is good from now on. */
  challenge(extra: string): OriginMode {
    this.#count += 1
    const nonce = this.nonce ?? `nonce-${this.#count}`
    this.nonces.add(nonce)
    const { hash: [, algorithm] = ['sha256', 'SHA-256'] } = this.#options
    const params = `realm="uploads", qop="auth", algorithm=${algorithm}, nonce="${nonce}"`
    const value = `Digest ${params}${this.#options.extra ?? ''}${extra}`
    return { status: 401, headers: { 'www-authenticate': value } }
  }

  #response({ method, path }: SeenRequest, { nonce, nc, cnonce, qop }: Fields): string {
    const { username = 'user', password = 'secret', hash: [name] = ['sha256'] } = this.#options
    const hash = (text: string): string => createHash(name).update(text).digest('hex')
    const key = hash(`${username}:uploads:${password}`)
    return hash(`${key}:${nonce}:${nc}:${cnonce}:${qop}:${hash(`${method}:${path}`)}`)
  }
}

type Fields = Record<string, string>

function fieldsOf(authorization: string): Fields {
  const found = authorization.matchAll(/([a-z]+)=(?:"([^"]*)"|([^\s,"]+))/g)
  return Object.fromEntries(
    [...found].map(([, name = '', quoted, plain = '']) => [name, quoted ?? plain]),
  )
}
