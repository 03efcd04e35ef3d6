import type { SchemeChallenge } from '../protocol/challenge.ts'
import { isObject } from '../unknown.ts'

/** A user's name and password. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** Credentials by scheme; digest is preferred if both can be used. */
export interface SchemeCredentials {
  /** For Basic (RFC 7617). */
  readonly basic?: Credentials
  /** For Digest (RFC 7616). */
  readonly digest?: Credentials
}

/** Credentials for the origin of an upload, and for the proxy on the way to it. */
export interface AuthenticateCredentials extends SchemeCredentials {
  /**
   * The only origin that gets them. It is required where many origins are possible: in an agent, an
   * interceptor, a dispatch, `createFetch`, an adapter. The credentials of one call of `upload` or
   * `fetch` are for the origin of its URL.
   *
   * @default the origin of the call's URL
   */
  readonly origin?: string
  readonly proxy?: SchemeCredentials
}

/** A 401, or the 407 of a proxy. */
export interface Challenge {
  readonly status: 401 | 407
  /** Origin and path, without the query. */
  readonly url: string
  /** Whether it is from a proxy. */
  readonly proxy: boolean
  /** The challenges of the response, in its order. */
  readonly challenges: readonly SchemeChallenge[]
  /** Which attempt of the upload was challenged, counted from 1. */
  readonly attempt: number
}

/** Header fields, in a shape that undici accepts. */
export type ChallengeFields = Readonly<Record<string, string>> | Iterable<[string, string]>

/** Returns the header fields for the next attempt, or `null` to leave the response to the caller. */
export type AuthenticateFunction = (
  challenge: Challenge,
) => ChallengeFields | null | Promise<ChallengeFields | null>

/** Credentials or a function that answers challenges. */
export type Authenticate = AuthenticateCredentials | AuthenticateFunction

const schemes = ['basic', 'digest']
const control = /\p{Cc}/u

/** The key under which a copy refers to the caller's own object or function. */
const ownKey: unique symbol = Symbol('expect-continue.authenticate')

/**
 * The option for one call. It answers the origin of the call's URL only, and no other origin to
 * which an interceptor or a redirect sends the request.
 *
 * @param given may be anything; it is checked later.
 */
export function forCall(given: unknown, url: string): unknown {
  const { origin = 'null' } = URL.parse(url) ?? {}
  // A URL of another scheme has no server that could ask for credentials.
  if (origin === 'null') return null
  if (typeof given === 'function') {
    const answer = given as AuthenticateFunction
    const only: AuthenticateFunction = (challenge) =>
      challenge.proxy || new URL(challenge.url).origin === origin ? answer(challenge) : null
    return Object.assign(only, { [ownKey]: given })
  }
  return isObject(given) && given.origin === undefined
    ? { ...given, origin, [ownKey]: given }
    : given
}

/** The caller's own object or function, by which sessions are kept from one call to the next. */
export function ownOf(authenticate: Authenticate): object {
  return (authenticate as { readonly [ownKey]?: object })[ownKey] ?? authenticate
}

/** What `authenticate` must be; `null` if the value is right. */
export function wantedAuthenticate(value: unknown): string | null {
  if (value === null || typeof value === 'function') return null
  if (!isObject(value)) return wantedIn('', value, schemes)
  const { origin, ...rest } = value
  if (origin !== undefined && !isOrigin(origin)) {
    return "an object whose 'origin' is one, such as 'https://uploads.example'"
  }
  const wanted = wantedIn('', rest, [...schemes, 'proxy'])
  if (wanted !== null || origin !== undefined || !(value.basic ?? value.digest)) return wanted
  return "an object whose 'origin' says which origin gets the credentials, for there may be many"
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin !== 'null'
}

function wantedIn(path: string, value: unknown, known: readonly string[]): string | null {
  const names = isObject(value) ? Object.keys(value) : []
  if (!isObject(value) || names.length === 0 || !names.every((name) => known.includes(name))) {
    return path === ''
      ? "a function, null or an object that has 'basic', 'digest' or 'proxy'"
      : `an object whose '${path}' has 'basic' or 'digest'`
  }
  for (const name of names) {
    const place = path === '' ? name : `${path}.${name}`
    const found = value[name]
    const wanted = name === 'proxy' ? wantedIn(place, found, schemes) : wantedPair(place, found)
    if (found !== undefined && wanted !== null) return wanted
  }
  return null
}

function wantedPair(place: string, value: unknown): string | null {
  const { username, password } = isObject(value) ? value : {}
  const object = `an object whose '${place}' is { username, password }`
  if (!isText(username) || !isText(password)) return `${object} in text without control characters`
  // RFC 7617, section 2: the first colon ends the user name.
  if (place.endsWith('basic') && username.includes(':')) return `${object} without ':' in the name`
  return null
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && !control.test(value)
}
