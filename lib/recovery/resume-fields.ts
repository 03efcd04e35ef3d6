import { fieldsOf, type ResponseFields, withoutFields } from '../headers.ts'
import type { Settings } from '../options/options.ts'
import { interopVersions, invitingFields } from '../protocol/resumable-upload.ts'
import type { HttpRequest } from '../upload/http-request.ts'
import { isElsewhere, originFields } from './redirect.ts'

/**
 * The request that invites an origin to make it one that can be resumed ("Upgrading To Resumable Uploads");
 * `null` where it is not: it is not wanted, there is nothing to send, the caller speaks such a protocol
 * already, or to a proxy.
 *
 * @param invited says that the fields of an invitation are not the caller's.
 */
export function invitation(
  { resume }: Settings,
  httpRequest: HttpRequest,
  length: number | null,
  invited: boolean,
): HttpRequest | null {
  if (resume === false || !httpRequest.hasContent || length === 0) return null
  if (speaksByItself(httpRequest, invited) || !httpRequest.path.startsWith('/')) return null
  const version = (resume === true ? undefined : resume.version) ?? interopVersions[0]
  const headers = withoutFields(httpRequest.headers, ...invitingFields)
  headers.push('upload-complete', '?1', 'upload-draft-interop-version', String(version))
  if (length !== null) headers.push('upload-length', String(length))
  return { ...httpRequest, headers }
}

/** Whether the caller speaks this protocol, or tus, by themselves. */
function speaksByItself({ headers }: HttpRequest, invited: boolean): boolean {
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
export function resourceHop(from: HttpRequest, location: URL, version: number): HttpRequest {
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
export function locationOf(
  fields: ResponseFields,
  from: HttpRequest,
  insecure: boolean,
): URL | null {
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
