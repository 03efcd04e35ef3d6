import { identity } from '../../../support/identity.ts'
import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { apache } from '../servers.ts'
import { fileStore } from './file-store.ts'
import { ledger } from './ledger.ts'
import { allCases, type RealServer, type Running, smallLimit, type TlsServer } from './server.ts'

/** Starts Apache httpd with a module that stores an upload, or forwards it. */
async function start(place: Workplace, take: string, tls: boolean, http2 = false): Promise<number> {
  const port = await freePort()
  place.write('users', 'user:secret\n')
  const names = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic']
  const modules = [
    ...names,
    'alias',
    'dav',
    'dav_fs',
    'proxy',
    'proxy_http',
    'ssl',
    'http2',
    'rewrite',
  ].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
  const { key, cert } = await identity()
  const secured = `SSLEngine on
SSLCertificateFile ${place.write('cert.pem', cert)}
SSLCertificateKeyFile ${place.write('key.pem', key)}`
  const config = place.write(
    'apache.conf',
    `ServerName 127.0.0.1
Listen 127.0.0.1:${port}
${modules.join('\n')}
PidFile ${place.at('apache.pid')}
DefaultRuntimeDir ${place.path}
ErrorLog ${place.at('error.log')}
User www-data
Group www-data
DavLockDB ${place.at('dav-locks')}
LimitRequestBody 0
RedirectMatch 307 ^/moved/(.*)$ /files/$1
RewriteEngine On
RewriteCond %{HTTP:Expect} .
RewriteRule ^/picky/ - [R=417,L]
Protocols ${http2 ? 'h2 ' : ''}http/1.1
${take}
<Location /small>
  LimitRequestBody ${smallLimit}
</Location>
<Location /private>
  AuthType Basic
  AuthName uploads
  AuthUserFile ${place.at('users')}
  Require valid-user
</Location>
${tls ? secured : ''}
`,
  )
  await startDaemon(apache, ['-D', 'FOREGROUND', '-f', config], port)
  return port
}

async function startDav(tls: boolean, http2 = false): Promise<Running> {
  const place = new Workplace()
  const { path, stored } = fileStore(place)
  const take = `DocumentRoot ${path}
<Directory ${path}>
  Dav On
</Directory>
RedirectMatch 404 ^/missing/`
  return { port: await start(place, take, tls, http2), stored }
}

async function startProxy(): Promise<Running> {
  const origin = await ledger()
  const take = `ProxyPass /moved !\nProxyPass / http://127.0.0.1:${origin.port}/`
  return { port: await start(new Workplace(), take, false), stored: origin.stored }
}

export const apacheServers: readonly RealServer[] = [
  { name: 'Apache httpd, WebDAV', needs: [apache], start: () => startDav(false) },
  { name: 'Apache httpd, WebDAV, TLS', needs: [apache], tls: true, start: () => startDav(true) },
  { name: 'Apache httpd, proxy', needs: [apache], instead: 502, start: () => startProxy() },
]

export const apacheTls: TlsServer = {
  name: 'Apache httpd',
  needs: [apache],
  versions: ['both', 'HTTP/1.1'],
  cases: [...allCases, '417'],
  start: (versions) => startDav(true, versions === 'both'),
}
