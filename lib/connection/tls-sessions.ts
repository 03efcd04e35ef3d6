import type { TLSSocket } from 'node:tls'
import { LRUCache } from 'lru-cache'

/** The default number of sessions per agent, the same as undici's. */
const maxSessions = 100

/**
 * TLS sessions to resume (RFC 8446, section 2.2): the last one of each server.
 *
 * Node does not check the name in the certificate again for a resumed session. So only sessions of
 * successful handshakes are kept.
 */
export class TlsSessions extends LRUCache<string, Buffer> {
  constructor(max?: number | null) {
    super({ max: max ?? maxSessions })
  }

  keep(server: string, socket: TLSSocket): void {
    socket.on('session', (session) => this.set(server, session))
    // The session of TLS 1.2 is available now; TLS 1.3 sends its tickets later.
    const session = socket.getProtocol() === 'TLSv1.3' ? undefined : socket.getSession()
    if (session !== undefined) this.set(server, session)
  }
}
