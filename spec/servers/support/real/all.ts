import { apacheServers, apacheTls } from './apache.ts'
import { caddyServers, caddyTls } from './caddy.ts'
import { frameworks } from './frameworks.ts'
import { goTls } from './go.ts'
import { haproxyServers, haproxyTls } from './haproxy.ts'
import { nodeServers, nodeTls } from './ledger.ts'
import { lighttpdServers, lighttpdTls } from './lighttpd.ts'
import { nginxServers, nginxTls } from './nginx.ts'
import { pythonServers } from './python.ts'
import type { RealServer, TlsServer } from './server.ts'
import { tomcatServers } from './tomcat.ts'
import { varnishServers } from './varnish.ts'

/** All that uploads are made to. */
export const realServers: readonly RealServer[] = [
  ...nodeServers,
  ...frameworks,
  ...nginxServers,
  ...apacheServers,
  ...lighttpdServers,
  ...haproxyServers,
  ...varnishServers,
  ...caddyServers,
  ...pythonServers,
  ...tomcatServers,
]

/** Those that uploads over TLS are made to, with default options. */
export const tlsServers: readonly TlsServer[] = [
  nginxTls,
  apacheTls,
  caddyTls,
  haproxyTls,
  ...lighttpdTls,
  nodeTls,
  goTls,
]
