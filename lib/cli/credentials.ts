import type { Authenticate } from '../index.ts'
import { UsageError } from './command.ts'
import { findSecret, warnOfPassword } from './password.ts'
import type { Session } from './session.ts'

/** Who uploads. */
export interface CredentialFlags {
  readonly basic?: string | undefined
  readonly digest?: string | undefined
  readonly bearer?: boolean | undefined
}

/** What uploads carry, and what answers a challenge. */
export interface UploadCredentials {
  readonly fields: readonly [string, string][]
  readonly authenticate: Authenticate | null
}

/**
 * Finds the credentials that were asked for. Basic ones and tokens are sent at once, for some
 * origins answer 403 or 404 to strangers; Digest has to be asked for.
 */
export async function findCredentials(
  { basic, digest, bearer = false }: CredentialFlags,
  header: readonly [string, string][],
  session: Session,
): Promise<UploadCredentials> {
  const wanted = bearer || basic !== undefined || digest !== undefined
  if (wanted && header.some(([name]) => name.toLowerCase() === 'authorization')) {
    throw new UsageError(
      'an Authorization header excludes --basic, --digest and --bearer; give one of them',
    )
  }
  if (bearer) {
    const token = await findSecret(session, 'EXPECT_CONTINUE_TOKEN', 'Token')
    if (!/^[\w.~+/-]+=*$/.test(token)) throw new UsageError('the token is none that HTTP can carry')
    return { fields: [['authorization', `Bearer ${token}`]], authenticate: null }
  }
  if (basic !== undefined) {
    const { username, password } = await pair('--basic', basic, session)
    const code = Buffer.from(`${username}:${password}`.normalize()).toString('base64')
    return { fields: [['authorization', `Basic ${code}`]], authenticate: null }
  }
  if (digest === undefined) return { fields: [], authenticate: null }
  return { fields: [], authenticate: { digest: await pair('--digest', digest, session) } }
}

async function pair(
  flag: string,
  text: string,
  session: Session,
): Promise<{ username: string; password: string }> {
  const colon = text.indexOf(':')
  if (colon < 0) {
    const password = await findSecret(session, 'EXPECT_CONTINUE_PASSWORD', `Password of ${text}`)
    return { username: text, password }
  }
  const instead = 'leave it out to be asked for it, or set EXPECT_CONTINUE_PASSWORD'
  warnOfPassword(session.terminal.stderr, flag, instead)
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
