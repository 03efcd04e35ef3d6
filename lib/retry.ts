import { errors } from 'undici'
import type { Failure, Next, Recourse } from './recourse.ts'

/**
 * A fresh attempt, once, where nothing can be lost by it: no content left and no byte of a
 * response came, as on a kept connection that turns out to be dead (RFC 9110, section 9.2.2:
 * what would have been applied was never sent).
 */
export class Renewal implements Recourse {
  #used = false

  failed({ hop, untouched, error }: Failure): Next | null {
    if (this.#used || !untouched || !isPeerGone(error)) return null
    this.#used = true
    return { hop, reason: 'fresh-connection', delayMs: 0 }
  }
}

/** Whether the other side is no longer there, or never was. */
function isPeerGone(error: NodeJS.ErrnoException): boolean {
  const codes = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ECONNREFUSED']
  return error instanceof errors.SocketError || codes.includes(error.code ?? '')
}
