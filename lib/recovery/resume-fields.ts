import { fieldsOf, type ResponseFields, withoutFields } from '../headers.ts'
import { parseDictionary } from '../protocol/structured-fields.ts'
import type { Hop } from '../upload/hop.ts'
import { isElsewhere, originFields } from './redirect.ts'

/**
 * The versions of draft-ietf-httpbis-resumable-upload that are the same to a client: 6 is that of -04 and
 * -05, 7 of -06 to -08, 8 of those since. The first is what is sent unless the caller says otherwise.
 */
export const interopVersions: readonly number[] = [8, 7, 6]

/** The fields of {@link inviting}. */
export const invitingFields = ['upload-complete', 'upload-draft-interop-version', 'upload-length']

/** The request that invites an origin to make it one that can be resumed ("Upgrading To Resumable Uploads"). */
export function inviting(hop: Hop, version = interopVersions[0], length: number | null): Hop {
  const headers = withoutFields(hop.headers, ...invitingFields)
  headers.push('upload-complete', '?1', 'upload-draft-interop-version', String(version))
  if (length !== null) headers.push('upload-length', String(length))
  return { ...hop, headers }
}

/**
 * Whether the caller speaks this protocol, or tus, by themselves.
 *
 * @param invited says that the fields of an invitation are not the caller's.
 */
export function speaksByItself({ headers }: Hop, invited: boolean): boolean {
  return fieldsOf(headers).some(
    ([name]) =>
      /^(?:upload-|tus-resumable$)/i.test(name) &&
      !(invited && invitingFields.includes(name.toLowerCase())),
  )
}

/** Fields that say something of the content, or of the resource that the upload was made to. */
const ofCreation =
  /^(?:content-.*|if-.*|upload-.*|(?:repr-)?digest|idempotency-key|expect|trailer)$/i

/** A request to an upload resource, without what is meant for the origin before alone. */
export function resourceHop(from: Hop, location: URL, version: number): Hop {
  const { origin, pathname, search } = location
  const names = fieldsOf(from.headers).map(([name]) => name.toLowerCase())
  const dropped = names.filter((name) => ofCreation.test(name))
  if (isElsewhere(from, { origin })) dropped.push(...originFields)
  const headers = withoutFields(from.headers, ...dropped)
  headers.push('upload-draft-interop-version', String(version))
  const part = { start: 0, end: 0 }
  return { origin, path: pathname + search, method: 'HEAD', headers, hasContent: false, part }
}

/** Where an upload resource is; `null` where that cannot be used. */
export function locationOf(fields: ResponseFields, from: Hop, insecure: boolean): URL | null {
  const { location } = fields
  const found = typeof location === 'string' ? URL.parse(location, from.origin + from.path) : null
  if (found === null || !/^https?:$/.test(found.protocol)) return null
  const isExposed = from.origin.startsWith('https:') && found.protocol === 'http:'
  if (isExposed && !insecure) return null
  // Credentials in a URL are not for the one who follows it, and the fragment is not sent.
  found.username = ''
  found.password = ''
  found.hash = ''
  // It is separate from what the upload is made to, which must not be deleted in its place.
  return found.href === new URL(from.origin + from.path).href && from.part === undefined
    ? null
    : found
}

const limitNames = [
  'max-size',
  'min-size',
  'max-append-size',
  'min-append-size',
  'max-age',
] as const

/** What an `Upload-Limit` says, in bytes and seconds. */
export type Limits = Partial<Record<(typeof limitNames)[number], number>>

/** The limits of a response; none where the field is not there, or one of them is no Integer. */
export function limitsOf(fields: ResponseFields): Limits {
  const members = parseDictionary(fields['upload-limit'])
  const limits: Limits = {}
  for (const name of limitNames) {
    const value = members?.get(name)
    if (value === undefined) continue
    if (!/^-?\d+$/.test(value)) return {}
    limits[name] = Number(value)
  }
  return limits
}
