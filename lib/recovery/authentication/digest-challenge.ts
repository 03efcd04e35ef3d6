import { getHashes } from 'node:crypto'
import type { SchemeChallenge } from '../../protocol/challenge.ts'

/** The hash functions of RFC 7616 by Node's names, the strongest first. */
const hashes = ['sha512-256', 'sha256', 'md5'] as const

/** A hash function by Node's name. */
export type DigestHash = (typeof hashes)[number]

/** A Digest challenge that can be answered (RFC 7616, section 3.3). */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | null
  /** As it was sent, for the answer; `null` when it was left out, and MD5 is meant. */
  readonly algorithm: string | null
  readonly hash: DigestHash
  /** Whether the algorithm is one of those ending in `-sess`. */
  readonly session: boolean
  /** Whether the quality of protection is `auth`; without one, the answer is RFC 2069's. */
  readonly qop: boolean
  readonly userhash: boolean
  /** Whether the server said that it takes names in UTF-8. */
  readonly utf8: boolean
  /** Whether only the nonce was wrong with the credentials that were sent. */
  readonly stale: boolean
}

/** The Digest challenge with the strongest hash among those that can be answered, or `null`. */
export function strongestDigest(challenges: readonly SchemeChallenge[]): DigestChallenge | null {
  const usable = challenges.map(read).filter((challenge) => challenge !== null)
  for (const hash of hashes) {
    const found = usable.find((challenge) => challenge.hash === hash)
    if (found !== undefined) return found
  }
  return null
}

function read({ scheme, params }: SchemeChallenge): DigestChallenge | null {
  const { realm, nonce, opaque, algorithm } = params
  if (scheme !== 'digest' || realm === undefined || nonce === undefined) return null
  const [hash, session] = hashOf(algorithm ?? 'MD5')
  const offered = (params.qop ?? '').toLowerCase().split(/[\s,]+/)
  const qop = offered.includes('auth')
  // Protection of the content would need all of it before the head is sent.
  const none = offered.every((each) => each === '')
  if (hash === null || !(qop || none)) return null
  return {
    realm,
    nonce,
    opaque: opaque ?? null,
    algorithm: algorithm ?? null,
    hash,
    session,
    qop,
    userhash: isSaid(params.userhash, 'true'),
    utf8: isSaid(params.charset, 'utf-8'),
    stale: isSaid(params.stale, 'true'),
  }
}

function hashOf(algorithm: string): [hash: DigestHash | null, session: boolean] {
  const name = algorithm.toLowerCase()
  const session = name.endsWith('-sess')
  const plain = (session ? name.slice(0, -'-sess'.length) : name).replace(/^sha-/, 'sha')
  const hash = hashes.find((each) => each === plain)
  // Some builds of OpenSSL lack one or another, MD5 above all.
  return [hash !== undefined && getHashes().includes(hash) ? hash : null, session]
}

function isSaid(value: string | undefined, wanted: string): boolean {
  return value?.toLowerCase() === wanted
}
