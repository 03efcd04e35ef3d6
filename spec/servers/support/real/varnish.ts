import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { varnish } from '../servers.ts'
import { ledger } from './ledger.ts'
import { type RealServer, type Running, smallLimit } from './server.ts'

async function start(): Promise<Running> {
  const place = new Workplace()
  const port = await freePort()
  const origin = await ledger()
  const rules = place.write(
    'uploads.vcl',
    `vcl 4.1;
import std;
backend origin { .host = "127.0.0.1"; .port = "${origin.port}"; }
sub vcl_recv {
  if (req.url ~ "^/private/" && !req.http.authorization) { return (synth(401)); }
  if (req.url ~ "^/moved/") { return (synth(307)); }
  if (req.url ~ "^/small/" && std.integer(req.http.content-length, 0) > ${smallLimit}) {
    return (synth(413));
  }
  return (pass);
}
sub vcl_synth {
  if (resp.status == 401) { set resp.http.www-authenticate = {"Basic realm="uploads""}; }
  if (resp.status == 307) { set resp.http.location = regsub(req.url, "^/moved/", "/files/"); }
  return (deliver);
}
`,
  )
  const listen = ['-a', `127.0.0.1:${port}`, '-f', rules, '-n', place.at('varnish')]
  await startDaemon(varnish, ['-F', '-j', 'none', '-s', 'malloc,16m', ...listen], port)
  return { port, stored: origin.stored }
}

export const varnishServers: readonly RealServer[] = [
  { name: 'Varnish, proxy', needs: [varnish], instead: 503, start },
]
