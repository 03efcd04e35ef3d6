import { getHashes } from 'node:crypto'
import type { SchemeChallenge } from '../../protocol/challenge.ts'

/** The hash functions of RFC 7616 by Node's names, the strongest first. */
const hashes = ['sha512-256', 'sha256', 'md5'] as const

type DigestHash = (typeof hashes)[number]

/** A Digest challenge that can be answered (RFC 7616, section 3.3). */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | null
  /** As it was sent, for the answer; `null` when it was left out, which means MD5. */
  readonly algorithm: string | null
  readonly hash: DigestHash
  /** Whether the algorithm is one of those ending in `-sess`. */
  readonly session: boolean
  /** Whether the quality of protection is `auth`. Without one, the answer has the form of RFC 2069. */
  readonly qop: boolean
  readonly userhash: boolean
  /** Whether the server accepts names in UTF-8. */
  readonly utf8: boolean
  /** Whether only the nonce of the credentials was wrong. */
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
  // `auth-int` covers the content, which would have to be read before the head is sent.
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
  // Some builds of OpenSSL lack some of them, most often MD5.
  return [hash !== undefined && getHashes().includes(hash) ? hash : null, session]
}

function isSaid(value: string | undefined, wanted: string): boolean {
  return value?.toLowerCase() === wanted
}
