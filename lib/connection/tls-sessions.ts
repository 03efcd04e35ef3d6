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
export class TlsSessions {
  readonly #sessions: LRUCache<string, Buffer>

  constructor(max?: number | null) {
    this.#sessions = new LRUCache({ max: max ?? maxSessions })
  }

  get(server: string): Buffer | undefined {
    return this.#sessions.get(server)
  }

  delete(server: string): void {
    this.#sessions.delete(server)
  }

  keep(server: string, socket: TLSSocket): void {
    socket.on('session', (session) => this.#sessions.set(server, session))
    // The session of TLS 1.2 is available now; TLS 1.3 sends its tickets later.
    const session = socket.getProtocol() === 'TLSv1.3' ? undefined : socket.getSession()
    if (session !== undefined) this.#sessions.set(server, session)
  }
}
