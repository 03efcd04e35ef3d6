import { apacheServers } from './apache.ts'
import { caddyServers } from './caddy.ts'
import { frameworks } from './frameworks.ts'
import { haproxyServers } from './haproxy.ts'
import { nodeServers } from './ledger.ts'
import { lighttpdServers } from './lighttpd.ts'
import { nginxServers } from './nginx.ts'
import { pythonServers } from './python.ts'
import type { RealServer } from './server.ts'
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
