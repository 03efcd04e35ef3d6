import type { Play } from './peer.ts'
import { goAhead } from './responses.ts'

/** Reads a head with an expectation, sends these pieces, of which the last is the 100, and accepts the content. */
export function saying(...pieces: string[]): Play {
  return async (peer) => {
    await peer.asked()
    await peer.says(...pieces)
    await peer.takes()
  }
}

/** Sends a 100 and accepts the content. */
export const accepting: Play = saying(goAhead)

/** Accepts content that is sent without an expectation. */
export const taking: Play = async (peer) => {
  await peer.unasked()
  await peer.takes()
}

/** Refuses in these pieces. No content may arrive before the client closes. */
export function refusing(...pieces: string[]): Play {
  return async (peer) => {
    await peer.asked()
    await peer.says(...pieces)
    await peer.withheld()
  }
}

/** Also closes the origin's side after the last piece. */
export function refusingUpToTheClose(...pieces: string[]): Play {
  return async (peer) => {
    await peer.asked()
    await peer.says(...pieces)
    peer.wire.end()
    await peer.withheld()
  }
}

/** Runs plays one after the other on the same connection. */
export function inTurn(...plays: Play[]): Play {
  return async (peer) => {
    for (const each of plays) await each(peer)
  }
}
