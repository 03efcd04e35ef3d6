import type { Play } from './peer.ts'
import { goAhead } from './responses.ts'

/** Reads a head with an expectation, sends these pieces, of which the last is the 100, and accepts the content. */
export function acceptingAfter(...pieces: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithExpect()
    await peer.sendPieces(...pieces)
    await peer.accept()
  }
}

/** Sends a 100 and accepts the content. */
export const accepting: Play = acceptingAfter(goAhead)

/** Accepts content that is sent without an expectation. */
export const acceptingWithoutExpect: Play = async (peer) => {
  await peer.readHeadWithoutExpect()
  await peer.accept()
}

/** Refuses in these pieces. No content may arrive before the client closes. */
export function refusing(...pieces: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithExpect()
    await peer.sendPieces(...pieces)
    await peer.expectClosedWithoutContent()
  }
}

/** Also closes the origin's side after the last piece. */
export function refusingAndClosing(...pieces: string[]): Play {
  return async (peer) => {
    await peer.readHeadWithExpect()
    await peer.sendPieces(...pieces)
    peer.wire.end()
    await peer.expectClosedWithoutContent()
  }
}

/** Runs plays one after the other on the same connection. */
export function inTurn(...plays: Play[]): Play {
  return async (peer) => {
    for (const each of plays) await each(peer)
  }
}
