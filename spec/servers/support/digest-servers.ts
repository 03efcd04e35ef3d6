import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync } from 'node:fs'
import { freePort, startDaemon, Workplace } from './daemon.ts'
import { apache, lighttpd } from './servers.ts'

/** A server that requires Digest credentials. */
export interface DigestServer {
  readonly url: string
  /** The sha256 of the content that it accepted last. */
  sha256(): string
  /** Stops the server, which writes its log, and returns the status and the bytes of each request. */
  stopped(): Promise<readonly Request[]>
  /** Stops and starts again on the same port. */
  restart(): Promise<void>
}

/** A request in the log of the server. */
export interface Request {
  readonly status: number
  /** Bytes of its head and content. */
  readonly bytes: number
}

/** The accepted credentials. */
export const user = { username: 'user', password: 'secret' }

/** Apache httpd with mod_auth_digest; it stores uploads with mod_dav. */
export async function apacheDigest(nonceLifetime = 300): Promise<DigestServer> {
  const place = new Workplace()
  const port = await freePort()
  const files = place.at('files')
  mkdirSync(files)
  chmodSync(files, 0o777)
  const secret = createHash('md5').update(`${user.username}:uploads:${user.password}`).digest('hex')
  place.write('users', `${user.username}:uploads:${secret}\n`)
  const modules = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user']
  const loaded = [...modules, 'auth_digest', 'dav', 'dav_fs'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  )
  const config = place.write(
    'apache.conf',
    `ServerName 127.0.0.1
Listen 127.0.0.1:${port}
${loaded.join('\n')}
PidFile ${place.at('apache.pid')}
DefaultRuntimeDir ${place.path}
ErrorLog ${place.at('error.log')}
LogFormat "%>s %I" bytes
CustomLog ${place.at('access.log')} bytes
User www-data
Group www-data
DocumentRoot ${files}
DavLockDB ${place.at('dav-locks')}
<Directory ${files}>
  Dav On
  AuthType Digest
  AuthName uploads
  AuthUserFile ${place.at('users')}
  AuthDigestNonceLifetime ${nonceLifetime}
  Require valid-user
</Directory>
`,
  )
  const start = () => startDaemon(apache, ['-D', 'FOREGROUND', '-f', config], port)
  let daemon = await start()
  return {
    url: `http://127.0.0.1:${port}`,
    sha256: () => createHash('sha256').update(place.read('files/file')).digest('hex'),
    stopped: async () => {
      await daemon.stop()
      return requestsIn(place)
    },
    restart: async () => {
      await daemon.stop()
      daemon = await start()
    },
  }
}

/** lighttpd with mod_auth; it passes uploads to a program that prints their sha256. */
export async function lighttpdDigest(algorithm = 'SHA-256'): Promise<DigestServer> {
  const place = new Workplace()
  const port = await freePort()
  mkdirSync(place.at('files'))
  place.write('users', `${user.username}:${user.password}\n`)
  place.write(
    'files/file',
    `#!/bin/sh
sha256sum > ${place.at('sum')}
printf 'Status: 201\\r\\nContent-Type: text/plain\\r\\n\\r\\n'
`,
  )
  const config = place.write(
    'lighttpd.conf',
    `server.modules = ("mod_auth", "mod_authn_file", "mod_accesslog", "mod_cgi")
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${place.at('files')}"
server.upload-dirs = ("${place.path}")
server.errorlog = "${place.at('error.log')}"
accesslog.filename = "${place.at('access.log')}"
accesslog.format = "%s %I"
cgi.assign = ("/file" => "/bin/sh")
auth.backend = "plain"
auth.backend.plain.userfile = "${place.at('users')}"
auth.require = ("/" => (
  "method" => "digest",
  "algorithm" => "${algorithm}",
  "realm" => "uploads",
  "require" => "valid-user",
))
`,
  )
  const start = () => startDaemon(lighttpd, ['-D', '-f', config], port)
  let daemon = await start()
  return {
    url: `http://127.0.0.1:${port}`,
    sha256: () => place.read('sum').toString().split(' ')[0] ?? '',
    stopped: async () => {
      await daemon.stop()
      return requestsIn(place)
    },
    restart: async () => {
      await daemon.stop()
      daemon = await start()
    },
  }
}

function requestsIn(place: Workplace): Request[] {
  return place.lines('access.log').map((line) => {
    const [status, bytes] = line.split(' ')
    return { status: Number(status), bytes: Number(bytes) }
  })
}
