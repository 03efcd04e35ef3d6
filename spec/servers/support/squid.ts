import type { ProxyOptions } from '../../../lib/proxy/server.ts'
import { identity } from '../../support/identity.ts'
import { turns } from '../../support/turns.ts'
import { freePort, startDaemon, Workplace } from './daemon.ts'
import { squid } from './servers.ts'

/** A squid with an HTTP and an HTTPS port, and a password. */
export interface Squid {
  readonly place: Workplace
  /** The proxy options, by the scheme of the proxy. */
  readonly proxies: Readonly<Record<'http' | 'https', ProxyOptions>>
  /** The log lines of CONNECT requests with their fields. Waits until there are at least this many. */
  connects(least?: number): Promise<readonly string[]>
}

const credentials = { username: 'user', password: 'secret' }

export async function startSquid(): Promise<Squid> {
  const place = new Workplace()
  const { key, cert } = await identity()
  const [http, https] = [await freePort(), await freePort()]
  // MD5, which the password file of Debian's squid accepts besides crypt.
  place.write('users', 'user:$1$salt$ez2vlPGdaLYkJam5pWs/Y1\n')
  const config = place.write(
    'squid.conf',
    `http_port 127.0.0.1:${http}
https_port 127.0.0.1:${https} cert=${place.write('cert.pem', cert)} key=${place.write('key.pem', key)}
auth_param basic program /usr/lib/squid/basic_ncsa_auth ${place.at('users')}
auth_param basic realm squid
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
server_pconn_for_nonretriable allow all
log_mime_hdrs on
access_log stdio:${place.at('access.log')}
cache_log ${place.at('cache.log')}
pid_filename ${place.at('squid.pid')}
coredump_dir ${place.path}
cache deny all
shutdown_lifetime 0 seconds
visible_hostname squid
`,
  )
  await startDaemon(squid, ['-N', '-f', config], http)
  return {
    place,
    proxies: {
      http: { url: `http://127.0.0.1:${http}`, credentials },
      https: { url: `https://127.0.0.1:${https}`, credentials, tls: { ca: cert } },
    },
    connects: async (least = 0) => {
      // squid writes its log after a request, and the client may be done before.
      for (;;) {
        const lines = place.lines('access.log')
        const connects = lines.filter((line) => line.includes(' CONNECT '))
        if (lines.length > 0 && connects.length >= least) return connects
        await turns()
      }
    },
  }
}
