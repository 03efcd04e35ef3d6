import { readFileSync } from 'node:fs'
import { globalAgent } from 'node:http'
import { Option } from '@commander-js/extra-typings'
import { ExpectAgent } from '../index.ts'
import { UsageError } from './command.ts'
import { messageOf } from './message.ts'
import { warnOfPassword } from './password.ts'
import type { Terminal } from './terminal.ts'

/** What an agent is made from. */
export interface ConnectionFlags {
  readonly proxy?: string | undefined
  readonly cacert?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly http2?: boolean | undefined
}

/** The options that say how origins are reached, for the commands that reach some. */
export const connectionOptions: ConnectionOptions = {
  proxy: new Option(
    '--proxy <url>',
    "go through this proxy (http, https or socks5), or with 'env' through those that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name; without it, as Node's fetch does (NODE_USE_ENV_PROXY=1)",
  ),
  cacert: new Option('--cacert <file>', 'trust these certificate authorities alone, in PEM'),
  cert: new Option('--cert <file>', 'the certificate of the client, in PEM'),
  key: new Option('--key <file>', "the certificate's key, where it is in a file of its own"),
  http2: new Option('--http2', 'speak HTTP/2 where the origin chooses it, as is the default'),
  noHttp2: new Option('--no-http2', 'speak HTTP/1.1 alone'),
}

interface ConnectionOptions {
  readonly proxy: Option<'--proxy <url>'>
  readonly cacert: Option<'--cacert <file>'>
  readonly cert: Option<'--cert <file>'>
  readonly key: Option<'--key <file>'>
  readonly http2: Option<'--http2'>
  readonly noHttp2: Option<'--no-http2'>
}

/** What a TLS connection is made with. */
export interface TlsFiles {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/**
 * Reads the files that say whom to trust, and who the client is.
 *
 * @throws UsageError saying which file cannot be used.
 */
export function readTlsFiles({ cacert, cert, key = cert }: ConnectionFlags): TlsFiles {
  if (cert === undefined && key !== undefined) throw new UsageError('--key needs a --cert')
  return {
    ...(cacert !== undefined && { ca: pem('--cacert', cacert) }),
    ...(cert !== undefined && { cert: pem('--cert', cert) }),
    ...(key !== undefined && { key: pem('--key', key) }),
  }
}

/**
 * The agent that reaches origins so. A password that others can see is warned of.
 *
 * @throws UsageError saying which file or proxy cannot be used.
 */
export function createAgent(flags: ConnectionFlags, { stderr }: Terminal): ExpectAgent {
  const { proxy } = flags
  const agent = agentOf(flags)
  if (proxy !== undefined && URL.canParse(proxy) && new URL(proxy).password !== '') {
    warnOfPassword(stderr, '--proxy', "set HTTP_PROXY and HTTPS_PROXY, and say '--proxy env'")
  }
  return agent
}

/**
 * One more agent of the kind.
 *
 * @throws UsageError saying which file or proxy cannot be used.
 */
export function agentOf(flags: ConnectionFlags): ExpectAgent {
  const { proxy = 'node', http2 = true } = flags
  const connect = readTlsFiles(flags)
  try {
    return new ExpectAgent({ connect, allowH2: http2, proxy })
  } catch (error) {
    // Nothing else of the options can be wrong; the message does not hold credentials.
    throw new UsageError(`${flags.proxy === undefined ? '' : '--proxy: '}${messageOf(error)}`)
  }
}

/** Whether a proxy may be on the way to an origin: one of the flag, or of NODE_USE_ENV_PROXY=1. */
export function mayUseProxy({ proxy }: ConnectionFlags): boolean {
  return (
    proxy !== undefined ||
    (globalAgent as { options?: { proxyEnv?: object } }).options?.proxyEnv !== undefined
  )
}

function pem(flag: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`${flag}: ${messageOf(error)}`)
  }
}
