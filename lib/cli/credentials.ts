import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Authenticate, Credentials } from '../index.ts'
import { type Session, UsageError } from './session.ts'

export interface CredentialFlags {
  /** `user` or `user:password`. */
  readonly user?: string
  readonly basic?: boolean
  readonly digest?: boolean
  readonly bearer?: boolean
  /** The URL of a proxy, which may contain a password. */
  readonly proxy?: string
}

/** The fields that are sent with each upload, and the credentials for challenges. */
interface UploadCredentials {
  readonly fields: readonly [string, string][]
  readonly authenticate: Authenticate | null
}

/**
 * Finds the credentials for the flags. With `--basic` they are sent at once, as tokens are, because
 * some servers answer 403 or 404 where credentials are missing, and not 401.
 */
export async function findCredentials(
  { user, basic = false, digest = false, bearer = false, proxy = '' }: CredentialFlags,
  header: readonly [string, string][],
  session: Session,
): Promise<UploadCredentials> {
  if (URL.canParse(proxy) && new URL(proxy).password !== '') {
    warnOfPassword(session, '--proxy', "set HTTP_PROXY and HTTPS_PROXY, and say '--proxy env'")
  }
  if ((basic || digest) && user === undefined) {
    throw new UsageError(`${basic ? '--basic' : '--digest'} needs a --user`)
  }
  if (!bearer && user === undefined) return { fields: [], authenticate: null }
  if (header.some(([name]) => name.toLowerCase() === 'authorization')) {
    throw new UsageError('an Authorization header excludes --user and --bearer')
  }
  if (user === undefined) {
    const token = await findSecret(session, 'EXPECT_CONTINUE_TOKEN', 'Token')
    if (!/^[\w.~+/-]+=*$/.test(token)) throw new UsageError('HTTP cannot carry the token')
    return { fields: [['authorization', `Bearer ${token}`]], authenticate: null }
  }
  const pair = await pairOf(user, session)
  if (basic) {
    const code = Buffer.from(`${pair.username}:${pair.password}`.normalize()).toString('base64')
    return { fields: [['authorization', `Basic ${code}`]], authenticate: null }
  }
  return { fields: [], authenticate: { digest: pair, ...(!digest && { basic: pair }) } }
}

async function pairOf(text: string, session: Session): Promise<Credentials> {
  const [username = '', ...rest] = text.split(':')
  if (rest.length === 0) {
    const password = await findSecret(session, 'EXPECT_CONTINUE_PASSWORD', `Password of ${text}`)
    return { username, password }
  }
  const instead = 'leave it out to be asked for it, or set EXPECT_CONTINUE_PASSWORD'
  warnOfPassword(session, '--user', instead)
  return { username, password: rest.join(':') }
}

/**
 * Reads a secret from the environment, or else from the terminal without echo.
 *
 * @throws UsageError if there is no terminal.
 */
async function findSecret(
  { terminal, signal, cancel }: Session,
  name: string,
  question: string,
): Promise<string> {
  const given = terminal.env[name]
  if (given !== undefined) return given
  const { stdin, stderr } = terminal
  if (stdin.isTTY !== true) throw new UsageError(`there is no terminal to ask at; set ${name}`)
  stderr.write(`${question}: `)
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output, terminal: true })
  // In raw mode Ctrl-C makes no signal, so it is handled here; Ctrl-D closes.
  lines.on('SIGINT', cancel).on('close', cancel)
  try {
    return await lines.question('', { signal })
  } finally {
    lines.off('close', cancel).close()
    stderr.write('\n')
  }
}

/** Warns that other users of the machine can read a password in the arguments. */
function warnOfPassword({ terminal }: Session, flag: string, instead: string): void {
  const warning = `anyone on this machine can see the password of ${flag}; ${instead}`
  terminal.stderr.write(`expect-continue: ${warning}\n`)
}
