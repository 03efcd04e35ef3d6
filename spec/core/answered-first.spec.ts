import { kinds } from '../support/contents.ts'
import { ownFaces } from '../support/faces.ts'
import { haltingKinds } from '../support/halting.ts'
import type { Play } from '../support/peer.ts'
import { goAhead, head } from '../support/responses.ts'
import { play, stored } from '../support/scenario.ts'

describe('a 200 that arrives in the same packet as the 100', function () {
  this.timeout(2000)

  /** Answers first, in these pieces, and then reads the content, as Icecast does. */
  const answersFirst =
    (pieces: string[], end: string): Play =>
    async (peer) => {
      await peer.readHeadWithExpect()
      await peer.wire.pieces(...pieces)
      await peer.readContent()
      peer.wire.raw(end)
      peer.wire.end()
    }
  const upToTheClose = head(200, 'Connection: close')
  const chunked = head(200, 'Transfer-Encoding: chunked')
  const old = 'HTTP/1.0 200 OK\r\n\r\n'
  const last = '6\r\nstored\r\n0\r\n\r\n'
  // The report of `upload` is made when the head of the response arrives.
  const results = [{ ...stored, status: 200, sent: [0, 1] as const }]
  // A hang takes long, and other faces take the same code path.
  const faces = ownFaces.filter(({ name }) => !name.includes('install'))
  const few = kinds.filter(({ name }) => name === 'a buffer' || name === 'a stream')
  const fewHalting = haltingKinds.filter(({ known }) => known)
  for (const [kind, first, end] of [
    ['up to the close', upToTheClose, 'stored'],
    ['in HTTP/1.0', old, 'stored'],
    ['in chunks', chunked, last],
    ['of a known length', head(200, 'Content-Length: 6'), 'stored'],
  ] as const) {
    play([
      {
        name: `lets the content be sent when both are in one segment (${kind})`,
        kinds: few,
        faces,
        origin: [answersFirst([goAhead + first], end)],
        results,
      },
      {
        name: `lets the content be sent when one comes after the other (${kind})`,
        kinds: few,
        faces,
        origin: [answersFirst([goAhead, first], end)],
        results,
      },
      {
        name: `lets the rest of the content be sent when it comes in mid-content (${kind})`,
        kinds: fewHalting,
        faces,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.sendPieces(goAhead)
            await peer.waitForHalf()
            await peer.wire.pieces(first)
            peer.resume()
            await peer.readContent()
            peer.wire.raw(end)
            peer.wire.end()
          },
        ],
        results,
      },
    ])
  }
})
