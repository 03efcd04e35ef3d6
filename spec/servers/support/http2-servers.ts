import { mkdirSync } from 'node:fs'
import { identity } from '../../support/identity.ts'
import { type Daemon, freePort, startDaemon, Workplace } from './daemon.ts'
import { nghttpd, nginx } from './servers.ts'
import { type Tap, tap } from './tap.ts'

/** A server that speaks HTTP/2 over TLS. */
export interface Http2Server {
  readonly url: string
  readonly place: Workplace
  readonly wire: Tap
  /** Reloads its configuration, as `nginx -s reload` does. */
  reload(): void
}

async function start(
  serve: (place: Workplace, port: number) => Promise<Daemon>,
): Promise<Http2Server> {
  const place = new Workplace()
  const { key, cert } = await identity()
  place.write('cert.pem', cert)
  place.write('key.pem', key)
  const port = await freePort()
  const daemon = await serve(place, port)
  const wire = await tap(port)
  const reload = (): void => daemon.signal('SIGHUP')
  return { url: `https://127.0.0.1:${wire.port}`, place, wire, reload }
}

function startNginx(place: Workplace, port: number, directives: string): Promise<Daemon> {
  mkdirSync(place.at('files'), { mode: 0o777 })
  place.write('users', 'user:{PLAIN}secret\n')
  const config = place.write(
    'nginx.conf',
    `daemon off; worker_processes 1; pid ${place.at('pid')}; error_log ${place.at('error.log')};
user root;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${place.at(name)};`)
    .join(' ')}
  client_max_body_size 0;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${place.at('cert.pem')};
    ssl_certificate_key ${place.at('key.pem')};
    root ${place.at('files')};
    dav_methods PUT;
    ${directives}
    location = /small { client_max_body_size 1000; }
    location = /private { auth_basic uploads; auth_basic_user_file ${place.at('users')}; }
    location = /picky { if ($http_expect) { return 417; } }
  }
}
`,
  )
  return startDaemon(nginx, ['-c', config, '-e', place.at('error.log')], port)
}

function startNghttpd(place: Workplace, port: number): Promise<Daemon> {
  const args = ['--echo-upload', '-a', '127.0.0.1', String(port), place.at('key.pem')]
  return startDaemon(nghttpd, [...args, place.at('cert.pem')], port)
}

/**
 * nginx, which also speaks HTTP/1.1, and sends no 100 over HTTP/2.
 *
 * @param directives added to its `server` block.
 */
export function nginxServer(directives = ''): Promise<Http2Server> {
  return start((place, port) => startNginx(place, port, directives))
}

/** nghttpd, which speaks only HTTP/2, and sends a 100. */
export function nghttpdServer(): Promise<Http2Server> {
  return start(startNghttpd)
}
