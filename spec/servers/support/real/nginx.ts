import { mkdirSync } from 'node:fs'
import { identity } from '../../../support/identity.ts'
import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { nginx } from '../servers.ts'
import { fileStore } from './file-store.ts'
import { ledger } from './ledger.ts'
import {
  allCases,
  type RealServer,
  type Running,
  smallLimit,
  type TlsServer,
  type Versions,
} from './server.ts'

interface Setting {
  /** The paths of a certificate and its key; none for HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
  readonly http2?: boolean
  /** The directives of each location that accepts an upload. */
  readonly take: string
}

async function start(place: Workplace, { tls, http2, take }: Setting): Promise<number> {
  const port = await freePort()
  const secured = tls && `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};`
  place.write('users', 'user:{PLAIN}secret\n')
  mkdirSync(place.at('temporary'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${place.at('temporary')}/${name};`,
  )
  const config = place.write(
    'nginx.conf',
    `daemon off;
worker_processes 1;
pid ${place.at('nginx.pid')};
error_log ${place.at('error.log')};
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  client_max_body_size 0;
  absolute_redirect off;
  server {
    listen 127.0.0.1:${port}${tls ? ' ssl' : ''}${http2 ? ' http2' : ''};
    ${secured ?? ''}
    location /small { client_max_body_size ${smallLimit}; ${take} }
    location /private {
      auth_basic uploads;
      auth_basic_user_file ${place.at('users')};
      ${take}
    }
    location ~ ^/moved/(?<name>.*)$ { return 307 /files/$name; }
    location /files { ${take} }
    location /picky { if ($http_expect) { return 417; } ${take} }
    location / { ${take.startsWith('proxy') ? take : ''} }
  }
}
`,
  )
  await startDaemon(nginx, ['-c', config, '-e', place.at('error.log')], port)
  return port
}

async function startDav(tls: boolean, http2 = false): Promise<Running> {
  const place = new Workplace()
  const { path, stored } = fileStore(place)
  const { key, cert } = await identity()
  const secret = { certificate: place.write('cert.pem', cert), key: place.write('key.pem', key) }
  const port = await start(place, {
    tls: tls ? secret : undefined,
    http2,
    take: `root ${path}; dav_methods PUT;`,
  })
  return { port, stored }
}

async function startProxy(buffering: 'on' | 'off'): Promise<Running> {
  const origin = await ledger()
  const port = await start(new Workplace(), {
    take: `proxy_pass http://127.0.0.1:${origin.port}; proxy_http_version 1.1; proxy_request_buffering ${buffering};`,
  })
  return { port, stored: origin.stored }
}

export const nginxServers: readonly RealServer[] = [
  { name: 'nginx, WebDAV', needs: [nginx], start: () => startDav(false) },
  { name: 'nginx, WebDAV, TLS', needs: [nginx], tls: true, start: () => startDav(true) },
  {
    name: 'nginx, proxy, buffering',
    needs: [nginx],
    instead: 502,
    start: () => startProxy('on'),
  },
  {
    name: 'nginx, proxy, streaming',
    needs: [nginx],
    instead: 502,
    start: () => startProxy('off'),
  },
]

export const nginxTls: TlsServer = {
  name: 'nginx',
  needs: [nginx],
  versions: ['both', 'HTTP/1.1'],
  cases: [...allCases, '417'],
  start: (versions: Versions) => startDav(true, versions === 'both'),
}
