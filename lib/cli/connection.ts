import { readFileSync } from 'node:fs'
import { globalAgent } from 'node:http'
import { type ConnectionOptions, createSecureContext } from 'node:tls'
import { type Command, Option, type OptionValues } from '@commander-js/extra-typings'
import { ExpectAgent } from '../index.ts'
import type { CredentialFlags } from './credentials.ts'
import { seconds } from './flag.ts'
import { messageOf } from './message.ts'
import { UsageError } from './session.ts'

interface ConnectionFlags extends CredentialFlags {
  readonly cacert?: string
  readonly cert?: string
  readonly key?: string
  readonly insecure?: boolean
  readonly connectTimeout: number
  readonly http2?: boolean
}

const help = {
  user: "the user, or 'user:password'. Uses Basic or Digest, as the server requires",
  timeout: 'the most time for making a connection',
  proxy:
    "use this proxy (http, https or socks5), or with 'env' the proxies in HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Without this option, proxies are used as in Node's fetch (NODE_USE_ENV_PROXY=1)",
}

export function withConnection<Args extends unknown[], Own extends OptionValues>(
  command: Command<Args, Own>,
): Command<Args, Own & ConnectionFlags> {
  const option = (...text: [string, string]): Option => new Option(...text)
  const options = [
    option('-u, --user <name>', help.user),
    option('--basic', 'send the user with Basic in the first request'),
    option('--digest', 'use only Digest').conflicts('basic'),
    option('--bearer', 'send a token (RFC 6750)').conflicts(['user', 'basic', 'digest']),
    option('--connect-timeout <seconds>', help.timeout).argParser(seconds).default(10_000, '10'),
    option('--proxy <url>', help.proxy),
    option('--cacert <file>', 'trust only these certificate authorities (PEM)'),
    option('-k, --insecure', 'trust any certificate'),
    option('--cert <file>', 'the certificate of the client (PEM)'),
    option('--key <file>', 'the key of the certificate, if it is in another file'),
    option('--http2', 'use HTTP/2 if the server supports it'),
    option('--no-http2', 'use only HTTP/1.1'),
    option('--http1.1', 'use only HTTP/1.1'),
  ]
  command.optionsGroup('Connection:')
  for (const each of options) command.addOption(each)
  command.on('option:http1.1', () => command.setOptionValue('http2', false))
  // commander's types cannot infer flags from a list; they are those of ConnectionFlags.
  return command.optionsGroup('Options:') as unknown as Command<Args, Own & ConnectionFlags>
}

type TlsFiles = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>

export function readTlsFiles(flags: ConnectionFlags): TlsFiles {
  const { cacert, cert, key = cert, insecure = false } = flags
  if (cert === undefined && key !== undefined) throw new UsageError('--key needs a --cert')
  const pair = { ...pem('--cert', 'cert', cert), ...pem('--key', 'key', key) }
  try {
    createSecureContext(pair)
  } catch (error) {
    throw new Error(`--cert, --key: ${messageOf(error)}`)
  }
  return { ...pair, ...pem('--cacert', 'ca', cacert), rejectUnauthorized: !insecure }
}

export function createAgent(flags: ConnectionFlags): ExpectAgent {
  const { proxy = 'node', http2, connectTimeout } = flags
  const connect = readTlsFiles(flags)
  const version = http2 === undefined ? {} : { allowH2: http2 }
  try {
    return new ExpectAgent({ connect, proxy, connectTimeout, ...version })
  } catch (error) {
    // Only the proxy can be wrong here; the message holds no credentials.
    throw new UsageError(`${flags.proxy === undefined ? '' : '--proxy: '}${messageOf(error)}`)
  }
}

export function mayUseProxy({ proxy }: ConnectionFlags): boolean {
  return (
    proxy !== undefined ||
    (globalAgent as { options?: { proxyEnv?: object } }).options?.proxyEnv !== undefined
  )
}

function pem(flag: string, name: string, path: string | undefined): Record<string, Buffer> {
  if (path === undefined) return {}
  try {
    const read = readFileSync(path)
    if (read.includes('-----BEGIN ')) return { [name]: read }
  } catch (error) {
    throw new Error(`${flag}: ${messageOf(error)}`)
  }
  throw new Error(`${flag}: ${path}: not in PEM`)
}
