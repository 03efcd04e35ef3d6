import { identity } from '../../../support/identity.ts'
import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { caddy } from '../servers.ts'
import { ledger } from './ledger.ts'
import {
  allCases,
  type RealServer,
  type Running,
  smallLimit,
  type TlsServer,
  type Versions,
} from './server.ts'

/** The hash of the password `secret`. */
const hash = '$2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG'

/** The protocols in the words of its configuration. */
const protocols: Readonly<Record<Versions, string>> = {
  both: 'h1 h2',
  'HTTP/1.1': 'h1',
  'HTTP/2': 'h2',
}

/** @param versions for TLS; `null` for HTTP. */
async function start(versions: Versions | null): Promise<Running> {
  const place = new Workplace()
  const port = await freePort()
  const origin = await ledger()
  const { key, cert } = await identity()
  const secured = `tls ${place.write('cert.pem', cert)} ${place.write('key.pem', key)}`
  const config = place.write(
    'Caddyfile',
    `{
  admin off
  auto_https off
  storage file_system ${place.path}
  servers {
    protocols ${versions === null ? 'h1' : protocols[versions]}
  }
}
${versions === null ? 'http' : 'https'}://127.0.0.1:${port} {
  bind 127.0.0.1
  ${versions === null ? '' : secured}
  @picky {
    path /picky/*
    header Expect *
  }
  respond @picky 417
  request_body /small/* {
    max_size ${smallLimit}
  }
  basicauth /private/* {
    user ${hash}
  }
  @moved path_regexp moved ^/moved/(.*)$
  redir @moved /files/{re.moved.1} 307
  reverse_proxy 127.0.0.1:${origin.port}
}
`,
  )
  await startDaemon(caddy, ['run', '--adapter', 'caddyfile', '--config', config], port)
  return { port, stored: origin.stored }
}

export const caddyServers: readonly RealServer[] = [
  { name: 'Caddy, proxy', needs: [caddy], instead: 502, start: () => start(null) },
]

export const caddyTls: TlsServer = {
  name: 'Caddy, proxy',
  needs: [caddy],
  versions: ['both', 'HTTP/1.1'],
  cases: [...allCases, '417'],
  instead: 502,
  start,
}
