import type { Credentials } from '../../options/authenticate.ts'

/**
 * The value of an `Authorization` field for Basic (RFC 7617), in UTF-8, which is the one
 * encoding that a server can ask for.
 */
export function basicAuthorization({ username, password }: Credentials): string {
  const pair = `${username.normalize()}:${password.normalize()}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}
