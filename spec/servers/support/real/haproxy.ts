import { identity } from '../../../support/identity.ts'
import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { haproxy } from '../servers.ts'
import { ledger, type Setup } from './ledger.ts'
import {
  allCases,
  type RealServer,
  type Running,
  smallLimit,
  type TlsServer,
  type Versions,
} from './server.ts'

/** The ALPN protocols that it offers. */
const offers: Readonly<Record<Versions, string>> = {
  both: 'h2,http/1.1',
  'HTTP/1.1': 'http/1.1',
  'HTTP/2': 'h2',
}

async function start(setup: Setup, versions?: Versions): Promise<Running> {
  const place = new Workplace()
  const port = await freePort()
  const origin = await ledger(setup)
  const { key, cert } = await identity()
  const pair = place.write('pair.pem', `${cert}\n${key}`)
  const secured = versions === undefined ? '' : ` ssl crt ${pair} alpn ${offers[versions]}`
  const config = place.write(
    'haproxy.cfg',
    `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
userlist users
  user user insecure-password secret
listen uploads
  bind 127.0.0.1:${port}${secured}
  http-request auth realm uploads if { path_beg /private/ } !{ http_auth(users) }
  http-request deny deny_status 413 if { path_beg /small/ } { req.hdr_val(content-length) gt ${smallLimit} }
  http-request return status 417 if { path_beg /picky/ } { req.hdr(expect) -m found }
  http-request redirect code 307 location /files/%[path,field(3,/)] if { path_beg /moved/ }
  server origin 127.0.0.1:${origin.port}
`,
  )
  await startDaemon(haproxy, ['-db', '-f', config], port)
  return { port, stored: origin.stored }
}

export const haproxyServers: readonly RealServer[] = [
  { name: 'HAProxy, proxy', needs: [haproxy], start: () => start('default') },
  {
    name: 'HAProxy, proxy for checkContinue',
    needs: [haproxy],
    start: () => start('checkContinue'),
  },
  { name: 'HAProxy, proxy for 417', needs: [haproxy], start: () => start('417') },
]

export const haproxyTls: TlsServer = {
  name: 'HAProxy, proxy',
  needs: [haproxy],
  versions: ['both', 'HTTP/1.1', 'HTTP/2'],
  cases: [...allCases, '417'],
  start: (versions) => start('default', versions),
}
