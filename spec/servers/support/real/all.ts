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

/** All servers. */
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

/** The servers for uploads over TLS, with default options. */
export const tlsServers: readonly TlsServer[] = [
  nginxTls,
  apacheTls,
  caddyTls,
  haproxyTls,
  ...lighttpdTls,
  nodeTls,
  goTls,
]
