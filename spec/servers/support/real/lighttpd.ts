import { identity } from '../../../support/identity.ts'
import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { lighttpd, lighttpdDav, lighttpdTls as openssl } from '../servers.ts'
import { fileStore } from './file-store.ts'
import {
  type RealServer,
  type Running,
  smallLimit,
  type TlsServer,
  type Versions,
} from './server.ts'

/** lighttpd's limit is in KiB, and applies to all paths. */
const limit = Math.ceil(smallLimit / 1024)

async function start(expectation: 'enable' | 'disable', versions?: Versions): Promise<Running> {
  const place = new Workplace()
  const port = await freePort()
  const { path, stored } = fileStore(place)
  place.write('users', 'user:secret\n')
  const { key, cert } = await identity()
  const secured = `server.modules += ("mod_openssl")
ssl.engine = "enable"
ssl.pemfile = "${place.write('cert.pem', cert)}"
ssl.privkey = "${place.write('key.pem', key)}"`
  const config = place.write(
    'lighttpd.conf',
    `server.modules = ("mod_auth", "mod_authn_file", "mod_redirect", "mod_webdav")
server.feature-flags = ("server.h2proto" => "${versions === 'both' ? 'enable' : 'disable'}")
${versions === undefined ? '' : secured}
server.reject-expect-100-with-417 = "${expectation}"
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${path}"
server.upload-dirs = ("${place.path}")
server.errorlog = "${place.at('error.log')}"
auth.backend = "plain"
auth.backend.plain.userfile = "${place.at('users')}"
auth.require = ("/private" => ("method" => "basic", "realm" => "uploads", "require" => "valid-user"))
url.redirect = ("^/moved/(.*)$" => "/files/$1")
url.redirect-code = 307
webdav.activate = "enable"
$HTTP["url"] =~ "^/missing/" { webdav.activate = "disable" }
$HTTP["url"] =~ "^/small/" { server.max-request-size = ${limit} }
`,
  )
  await startDaemon(lighttpd, ['-D', '-f', config], port)
  return { port, stored }
}

const needs = [lighttpd, lighttpdDav]

export const lighttpdServers: readonly RealServer[] = [
  { name: 'lighttpd, WebDAV', needs, start: () => start('disable') },
  { name: 'lighttpd, WebDAV, told to answer 417', needs, start: () => start('enable') },
]

const tlsNeeds = [...needs, openssl]
const versions: readonly Versions[] = ['both', 'HTTP/1.1']

export const lighttpdTls: readonly TlsServer[] = [
  {
    name: 'lighttpd',
    needs: tlsNeeds,
    versions,
    start: (spoken) => start('disable', spoken),
  },
  {
    name: 'lighttpd, told to answer 417',
    needs: tlsNeeds,
    versions,
    start: (spoken) => start('enable', spoken),
  },
]
