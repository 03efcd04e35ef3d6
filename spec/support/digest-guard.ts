import { createHash } from 'node:crypto'
import type { OriginMode } from '../../lib/testing/index.ts'
import type { SeenRequest } from '../../lib/testing/seen.ts'

interface GuardOptions {
  readonly username?: string
  readonly password?: string
  /** Further parameters of the challenge. */
  readonly extra?: string
  /** The name of the hash in Node, and of the algorithm in the challenge. */
  readonly hash?: readonly [string, string]
}

interface SeenCredentials {
  readonly nonce: string
  readonly nc: string
  readonly accepted: boolean
}

/** Requires Digest credentials and checks them with its own implementation of RFC 7616. */
export class DigestGuard {
  /** The credentials of each request that had some, in order. */
  readonly seen: SeenCredentials[] = []
  /** Valid nonces. */
  readonly nonces = new Set<string>()
  /** The nonce of the next challenge. While it is `null`, each challenge gets a new one. */
  nonce: string | null = null
  readonly #options: GuardOptions
  #count = 0

  constructor(options: GuardOptions = {}) {
    this.#options = options
  }

  /** Accepts a request, or challenges it. */
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

  /** A 401 with a nonce that is valid from now on. */
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
