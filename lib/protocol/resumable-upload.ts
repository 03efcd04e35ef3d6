import { type FieldValue, parseDictionary } from './structured-fields.ts'

/**
 * The versions of draft-ietf-httpbis-resumable-upload that are the same to a client: 6 is that of -04 and
 * -05, 7 of -06 to -08, 8 of those since. The first is what is sent unless the caller says otherwise.
 */
export const interopVersions: readonly number[] = [8, 7, 6]

/** The fields with which a request invites an origin to make it one that can be resumed. */
export const invitingFields = ['upload-complete', 'upload-draft-interop-version', 'upload-length']

const limitNames = [
  'max-size',
  'min-size',
  'max-append-size',
  'min-append-size',
  'max-age',
] as const

/** What an `Upload-Limit` says, in bytes and seconds. */
export type Limits = Partial<Record<(typeof limitNames)[number], number>>

/** The limits in an `Upload-Limit`; none where the field is not there, or one of them is no Integer. */
export function limitsOf(field: FieldValue): Limits {
  const members = parseDictionary(field)
  const limits: Limits = {}
  for (const name of limitNames) {
    const value = members?.get(name)
    if (value === undefined) continue
    if (!/^-?\d+$/.test(value)) return {}
    limits[name] = Number(value)
  }
  return limits
}
