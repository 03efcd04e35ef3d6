// The grammar of RFC 9651, sections 3 and 4.2. An invalid field is ignored as a whole.
const key = '[a-z*][a-z0-9_.*-]*'
const bare = [
  String.raw`-?\d{1,12}\.\d{1,3}|-?\d{1,15}|@-?\d{1,15}|\?[01]|:[A-Za-z0-9+/=]*:`,
  String.raw`[A-Za-z*][\w!#$%&'*+.^|~:/\x60-]*|"(?:[ !#-[\]-~]|\\["\\])*"|%"[ !#-~]*"`,
].join('|')
const parameters = `(?: *; *${key}(?:=(?:${bare}))?)*`
const item = `(?:${bare})${parameters}`
// Each item must end before a space or a parenthesis. Otherwise the pattern has several ways to match
// one list, and backtracking takes exponential time.
const list = String.raw`\((?: *${item}(?= |\)))* *\)`
const member = new RegExp(
  `(${key})(?:=(${bare}|${list}))?${parameters}[ \\t]*(?:,[ \\t]*(?=[a-z*])|$)`,
  'y',
)
const onlyInteger = new RegExp(String.raw`^ *(\d{1,15})${parameters} *$`)
const onlyBoolean = new RegExp(`^ *\\?([01])${parameters} *$`)

/** A field as received. Several lines of one name are one value (RFC 9651, section 4.2). */
export type FieldValue = string | string[] | undefined

/** The value of an Item that is a non-negative Integer; `null` for anything else. */
export function parseInteger(value: FieldValue): number | null {
  const found = onlyInteger.exec(joined(value))
  return found === null ? null : Number(found[1])
}

/** The value of an Item that is a Boolean; `null` for anything else. */
export function parseBoolean(value: FieldValue): boolean | null {
  const found = onlyBoolean.exec(joined(value))
  return found === null ? null : found[1] === '1'
}

/** The members of a Dictionary, unparsed; `null` when the field is not a Dictionary. */
export function parseDictionary(value: FieldValue): Map<string, string> | null {
  const text = joined(value).trim()
  const members = new Map<string, string>()
  member.lastIndex = 0
  while (member.lastIndex < text.length) {
    const found = member.exec(text)
    if (found === null) return null
    members.set(found[1] as string, found[2] ?? '?1')
  }
  return members
}

function joined(value: FieldValue): string {
  return [value ?? []].flat().join(', ')
}
