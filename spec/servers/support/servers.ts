import { existsSync } from 'node:fs'

/** A server from outside this repository. */
export interface Server {
  readonly program: string
  /** The Debian package that contains it. */
  readonly package: string
}

export const apache: Server = { program: '/usr/sbin/apache2', package: 'apache2' }
export const lighttpd: Server = { program: '/usr/sbin/lighttpd', package: 'lighttpd' }
export const nginx: Server = { program: '/usr/sbin/nginx', package: 'nginx' }
export const nghttpd: Server = { program: '/usr/sbin/nghttpd', package: 'nghttp2-server' }
export const squid: Server = { program: '/usr/sbin/squid', package: 'squid-openssl' }
export const haproxy: Server = { program: '/usr/sbin/haproxy', package: 'haproxy' }
export const varnish: Server = { program: '/usr/sbin/varnishd', package: 'varnish' }
export const caddy: Server = { program: '/usr/bin/caddy', package: 'caddy' }
export const python: Server = { program: '/usr/bin/python3', package: 'python3' }
export const gunicorn: Server = { program: '/usr/bin/gunicorn', package: 'gunicorn' }
export const uvicorn: Server = { program: '/usr/bin/uvicorn', package: 'uvicorn' }
export const java: Server = { program: '/usr/bin/java', package: 'default-jre-headless' }
export const tomcat: Server = {
  program: '/usr/share/tomcat10/bin/bootstrap.jar',
  package: 'tomcat10',
}
export const lighttpdDav: Server = {
  program: '/usr/lib/lighttpd/mod_webdav.so',
  package: 'lighttpd-mod-webdav',
}
export const lighttpdTls: Server = {
  program: '/usr/lib/lighttpd/mod_openssl.so',
  package: 'lighttpd-mod-openssl',
}
export const go: Server = { program: '/usr/bin/go', package: 'golang-go' }

/** All servers in the specs of this folder. */
export const servers: readonly Server[] = [
  apache,
  lighttpd,
  lighttpdDav,
  lighttpdTls,
  go,
  nginx,
  nghttpd,
  squid,
  haproxy,
  varnish,
  caddy,
  python,
  gunicorn,
  uvicorn,
  java,
  tomcat,
]

export function isInstalled({ program }: Server): boolean {
  return existsSync(program)
}

/** @throws Error that names the package to install. */
export function mustBeInstalled(server: Server): void {
  if (isInstalled(server)) return
  throw new Error(
    `${server.program} is not installed; install Debian's package ${server.package}, or run npm run test:servers as root, which does`,
  )
}
