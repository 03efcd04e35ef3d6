import { createHash } from 'node:crypto'
import type { Credentials } from '../../options/authenticate.ts'
import type { DigestChallenge } from './digest-challenge.ts'

interface DigestRequest {
  readonly method: string
  /** The request target, as in the request line. */
  readonly uri: string
  /** The server's nonce: the challenge's, or a later one. */
  readonly nonce: string
  /** How many requests used this nonce, with this one. */
  readonly count: number
  /** The client's nonce. */
  readonly cnonce: string
}

/**
 * The value of an `Authorization` field for Digest (RFC 7616, section 3.4).
 *
 * Each character of a text stands for one byte. Text of the server must be hashed and returned
 * unchanged.
 */
export function digestAuthorization(
  challenge: DigestChallenge,
  { username, password }: Credentials,
  request: DigestRequest,
): string {
  const { realm, opaque, algorithm, qop, session, userhash } = challenge
  const { uri, nonce, cnonce } = request
  const count = request.count.toString(16).padStart(8, '0')
  const hash = (...parts: string[]): string =>
    createHash(challenge.hash).update(parts.join(':'), 'latin1').digest('hex')
  const name = bytesOf(username, challenge)
  const secret = hash(name, realm, bytesOf(password, challenge))
  // Section 3.4.2: the secret of a session contains the nonces of its first request.
  const key = session ? hash(secret, challenge.nonce, cnonce) : secret
  const target = hash(request.method, uri)
  const response = qop ? hash(key, nonce, count, cnonce, 'auth', target) : hash(key, nonce, target)
  const fields = [
    userhash ? `username=${quoted(hash(name, realm))}` : nameField(username, name, challenge),
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `response=${quoted(response)}`,
  ]
  // Some servers require these three without quotes.
  if (algorithm !== null) fields.push(`algorithm=${algorithm}`)
  if (qop) fields.push('qop=auth', `nc=${count}`)
  if (qop || session) fields.push(`cnonce=${quoted(cnonce)}`)
  if (opaque !== null) fields.push(`opaque=${quoted(opaque)}`)
  if (userhash) fields.push('userhash=true')
  return `Digest ${fields.join(', ')}`
}

/** Section 4: a server that asks for UTF-8 compares in Normalization Form C. */
function bytesOf(text: string, { utf8 }: DigestChallenge): string {
  return Buffer.from(utf8 ? text.normalize() : text).toString('latin1')
}

/** Servers of RFC 7616 take a name outside ASCII in the notation of RFC 8187. */
function nameField(username: string, bytes: string, { utf8 }: DigestChallenge): string {
  if (!utf8 || bytes === username) return `username=${quoted(bytes)}`
  const encoded = bytes.replace(/[^!#$&+\-.^_`|~0-9A-Za-z]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
  return `username*=UTF-8''${encoded}`
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
