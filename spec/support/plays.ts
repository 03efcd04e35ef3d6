import type { Play } from './peer.ts'
import { goAhead } from './responses.ts'

/** Is asked, says this, the last of it being the go-ahead, and takes the content. */
export function saying(...pieces: string[]): Play {
  return async (peer) => {
    await peer.asked()
    await peer.says(...pieces)
    await peer.takes()
  }
}

/** Is asked, lets the content go and takes it. */
export const accepting: Play = saying(goAhead)

/** Is not asked, and takes the content. */
export const taking: Play = async (peer) => {
  await peer.unasked()
  await peer.takes()
}

/** Is asked, says no in these pieces, and sees no content before the client closes. */
export function refusing(...pieces: string[]): Play {
  return async (peer) => {
    await peer.asked()
    await peer.says(...pieces)
    await peer.withheld()
  }
}

/** The same, but closes its own side after the last piece. */
export function refusingUpToTheClose(...pieces: string[]): Play {
  return async (peer) => {
    await peer.asked()
    await peer.says(...pieces)
    peer.wire.end()
    await peer.withheld()
  }
}

/** Plays one after the other on the same connection. */
export function inTurn(...plays: Play[]): Play {
  return async (peer) => {
    for (const each of plays) await each(peer)
  }
}
