import type { DigestAlgorithm } from '../content/content-digest.ts'
import { fieldsOf, fieldValue, type ResponseFields, withoutFields } from '../headers.ts'
import type { Settings } from '../options/settings.ts'
import { interopVersions, invitingFields } from '../protocol/resumable-upload.ts'
import { type FieldValue, parseDictionary } from '../protocol/structured-fields.ts'
import type { HttpRequest } from '../upload/http-request.ts'
import { isElsewhere, originFields, targetOf } from './redirect.ts'

/**
 * Adds the fields that offer a resumable upload to the origin (draft-ietf-httpbis-resumable-upload,
 * "Upgrading To Resumable Uploads"). Returns `null` when the option `resume` is off, there is no
 * content, the request has fields of such a protocol already, or its target is not a path.
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
  return wantingDigest({ ...httpRequest, headers }, resume === true ? undefined : resume.digest)
}

/** The request with the field that asks for the digest of the content (RFC 9530, section 4). */
export function wantingDigest(
  httpRequest: HttpRequest,
  algorithm: DigestAlgorithm | undefined,
): HttpRequest {
  const { headers } = httpRequest
  if (algorithm === undefined || fieldValue(headers, 'want-repr-digest') !== undefined)
    return httpRequest
  return { ...httpRequest, headers: [...headers, 'want-repr-digest', `${algorithm}=10`] }
}

/** The digest in a `Repr-Digest` field; `null` when it has none of this algorithm. */
export function digestIn(field: FieldValue, algorithm: DigestAlgorithm): Buffer | null {
  const value = parseDictionary(field)?.get(algorithm)
  return value?.startsWith(':') ? Buffer.from(value.slice(1, -1), 'base64') : null
}

/** Whether the request has fields of this protocol, or of tus, from the caller. */
function speaksByItself({ headers }: HttpRequest, invited: boolean): boolean {
  return fieldsOf(headers).some(
    ([name]) =>
      /^(?:upload-|tus-resumable$)/i.test(name) &&
      !(invited && invitingFields.includes(name.toLowerCase())),
  )
}

/** Fields that describe the content, or apply to the resource of the first request. */
const ofCreation =
  /^(?:content-.*|if-.*|upload-.*|(?:repr-)?digest|idempotency-key|expect|trailer)$/i

/** A request to an upload resource. Fields that must stay with the earlier origin are removed. */
export function resourceRequest(from: HttpRequest, location: URL, version: number): HttpRequest {
  const { origin, pathname, search } = location
  const names = fieldsOf(from.headers).map(([name]) => name.toLowerCase())
  const dropped = names.filter((name) => ofCreation.test(name))
  if (isElsewhere(from, { origin })) dropped.push(...originFields)
  const headers = withoutFields(from.headers, ...dropped)
  headers.push('upload-draft-interop-version', String(version))
  const part = { start: 0, end: 0 }
  return { origin, path: pathname + search, method: 'HEAD', headers, hasContent: false, part }
}

/** The URL of an upload resource; `null` when it cannot be used. */
export function locationOf(
  fields: ResponseFields,
  from: HttpRequest,
  insecure: boolean,
): URL | null {
  const found = targetOf(fields, from)
  if (found === null) return null
  const isExposed = from.origin.startsWith('https:') && found.protocol === 'http:'
  if (isExposed && !insecure) return null
  // Credentials in a Location are not used, and a fragment is not sent.
  found.username = ''
  found.password = ''
  found.hash = ''
  // The upload resource must differ from the target resource, which a cancel would delete.
  return found.href === new URL(from.origin + from.path).href && from.part === undefined
    ? null
    : found
}
