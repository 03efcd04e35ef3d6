import { mkdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { UploadReport } from '../../lib/report.ts'
import { upload } from '../../lib/upload.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { identity } from '../support/identity.ts'
import { freePort, startDaemon, Workplace } from './support/daemon.ts'
import { nghttpd, nginx } from './support/servers.ts'
import { type Tap, tap } from './support/tap.ts'

const content = noise(2_000_000)
const oneShot = (): Readable => Readable.from([content.subarray(0, 1000), content.subarray(1000)])
/** What heads and frames without content come to, TLS included. */
const heads = 20_000

interface Running {
  readonly url: string
  readonly place: Workplace
  readonly wire: Tap
}

async function start(serve: (place: Workplace, port: number) => Promise<void>): Promise<Running> {
  const place = new Workplace()
  const { key, cert } = await identity()
  place.write('cert.pem', cert)
  place.write('key.pem', key)
  const port = await freePort()
  await serve(place, port)
  const wire = await tap(port)
  return { url: `https://127.0.0.1:${wire.port}`, place, wire }
}

async function startNginx(place: Workplace, port: number): Promise<void> {
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
    location = /small { client_max_body_size 1000; }
    location = /private { auth_basic uploads; auth_basic_user_file ${place.at('users')}; }
    location = /picky { if ($http_expect) { return 417; } }
  }
}
`,
  )
  await startDaemon(nginx, ['-c', config, '-e', place.at('error.log')], port)
}

async function startNghttpd(place: Workplace, port: number): Promise<void> {
  const args = ['--echo-upload', '-a', '127.0.0.1', String(port), place.at('key.pem')]
  await startDaemon(nghttpd, [...args, place.at('cert.pem')], port)
}

/** Uploads to path after path with one agent. */
async function send(
  { url }: Running,
  paths: readonly string[],
): Promise<{ status: number; text: string; report: UploadReport }[]> {
  const { cert } = await identity()
  const dispatcher = agentFor({ connect: { ca: cert }, continueTimeout: 200 })
  const came = []
  for (const path of paths) {
    const body = path === '/small' ? content : oneShot()
    const options = { expect: 'always', memory: false, dispatcher } as const
    const { response, report } = await upload(`${url}${path}`, body, options)
    came.push({ status: response.status, text: await response.text(), report })
  }
  await dispatcher.close()
  return came
}

describe('HTTP/2', () => {
  it('of nginx, which never says go: content goes after the wait, on one connection', async () => {
    const server = await start(startNginx)
    const came = await send(server, ['/one', '/two'])
    expect(came.map(({ status, report }) => [status, report.outcome])).to.deep.equal([
      [201, 'silent'],
      [201, 'silent'],
    ])
    expect(sha256(readFileSync(server.place.at('files/two')))).to.equal(sha256(content))
    expect(server.wire.connections).to.have.length(1)
  })

  it('of nginx: refusals and a 417 keep the connection, and no content is sent', async () => {
    const server = await start(startNginx)
    const refused = await send(server, ['/small', '/private', '/small', '/private'])
    expect(refused.map(({ status, report }) => [status, report.sentBytes])).to.deep.equal([
      [413, 0],
      [401, 0],
      [413, 0],
      [401, 0],
    ])
    expect(server.wire.connections).to.have.length(1)
    expect(server.wire.connections[0]?.bytes).to.be.below(heads)
    const [picky] = await send(server, ['/picky'])
    expect(picky).to.include({ status: 201 })
    expect(picky?.report).to.include({ outcome: 'replayed', sentBytes: content.length })
    expect(server.wire.connections).to.have.length(2)
  })

  it('of nghttpd, which says go: content goes at once, on one connection', async () => {
    const server = await start(startNghttpd)
    const came = await send(server, ['/one', '/two'])
    expect(came.map(({ status, report }) => [status, report.outcome])).to.deep.equal([
      [200, 'continued'],
      [200, 'continued'],
    ])
    expect(server.wire.connections).to.have.length(1)
  })
})
