import { type FieldValue, parseDictionary } from './structured-fields.ts'

/**
 * The interop versions of draft-ietf-httpbis-resumable-upload that a client can treat alike: 6 is that of
 * -04 and -05, 7 of -06 to -08, 8 of later drafts. The first one is the default.
 */
export const interopVersions: readonly number[] = [8, 7, 6]

/** The fields with which a request offers a resumable upload to the origin. */
export const invitingFields: readonly string[] = [
  'upload-complete',
  'upload-draft-interop-version',
  'upload-length',
]

const limitNames = [
  'max-size',
  'min-size',
  'max-append-size',
  'min-append-size',
  'max-age',
] as const

/** The limits of an `Upload-Limit` field, in bytes and seconds. */
export type Limits = Partial<Record<(typeof limitNames)[number], number>>

/** Reads an `Upload-Limit` field. Returns no limits when the field is missing or one of them is not an Integer. */
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
