import type { TLSSocket } from 'node:tls'
import { LRUCache } from 'lru-cache'

/** The sessions of an agent at most, where nobody says otherwise; as many as undici keeps. */
const most = 100

/**
 * TLS sessions to resume (RFC 8446, section 2.2), the last one of each server.
 *
 * Node does not compare the name in the certificate again when a session is resumed. So only
 * sessions of connections whose handshake has succeeded are kept.
 */
export class TlsSessions {
  readonly #sessions: LRUCache<string, Buffer>

  constructor(max?: number | null) {
    this.#sessions = new LRUCache({ max: max ?? most })
  }

  get(server: string): Buffer | undefined {
    return this.#sessions.get(server)
  }

  /** A handshake failed, or a connection broke. */
  delete(server: string): void {
    this.#sessions.delete(server)
  }

  /** Keeps the sessions of a connection that was made. */
  keep(server: string, socket: TLSSocket): void {
    socket.on('session', (session) => this.#sessions.set(server, session))
    // TLS 1.2 has told its session by now; TLS 1.3 sends its tickets later.
    const session = socket.getProtocol() === 'TLSv1.3' ? undefined : socket.getSession()
    if (session !== undefined) this.#sessions.set(server, session)
  }
}
