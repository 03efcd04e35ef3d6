import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { caddy } from '../servers.ts'
import { ledger } from './ledger.ts'
import { type RealServer, type Running, smallLimit } from './server.ts'

/** The password `secret`. */
const hash = '$2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG'

async function start(): Promise<Running> {
  const place = new Workplace()
  const port = await freePort()
  const origin = await ledger()
  const config = place.write(
    'Caddyfile',
    `{
  admin off
  auto_https off
  storage file_system ${place.path}
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
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

export const caddyServers: readonly RealServer[] = [{ name: 'Caddy, proxy', needs: [caddy], start }]
