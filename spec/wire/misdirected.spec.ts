import { kinds } from '../support/contents.ts'
import { fetches, ownFaces } from '../support/faces.ts'
import type { Play } from '../support/peer.ts'
import { platformFaces } from '../support/platform-faces.ts'
import { accepting, refusing } from '../support/plays.ts'
import { goAhead, response } from '../support/responses.ts'
import { play, refused, stored } from '../support/scenario.ts'

const plain = ownFaces.filter((face) => !fetches.includes(face))
const buffers = kinds.filter(({ known, replayable }) => known && replayable)
const streams = kinds.filter((kind) => !buffers.includes(kind))
const misdirected = response(421, 'elsewhere')
const refusal = refused(421, 'elsewhere')
const takenAndRefused: Play = async (peer) => {
  await peer.readHeadWithExpect()
  await peer.sendPieces(goAhead)
  await peer.accept(421, 'elsewhere', 'Connection: close')
  await peer.expectClosedWithoutContent()
}
const handedOver = { ...stored, status: 421, text: 'elsewhere' }

// Fetch makes one more request after a 421 (RFC 9110, section 15.5.20), but not for a one-shot body (Fetch standard,
// HTTP-network-or-cache fetch).
describe('a 421', () => {
  play([
    {
      name: 'before the content causes one more request of fetch, with the content unread',
      faces: fetches,
      replayable: true,
      origin: [refusing(misdirected), accepting],
      results: [stored],
    },
    {
      name: 'before the content is returned when it comes twice',
      faces: fetches,
      replayable: true,
      origin: [refusing(misdirected), refusing(misdirected)],
      results: [refusal],
    },
    {
      name: 'before the content is returned',
      faces: plain,
      origin: [refusing(misdirected), accepting],
      results: [refusal, stored],
    },
    {
      name: 'after the content causes one more request of fetch if the content can be opened again',
      faces: fetches,
      replayable: true,
      origin: [takenAndRefused, accepting],
      results: [stored],
    },
    {
      name: 'before one-shot content is returned',
      faces: fetches,
      replayable: false,
      origin: [refusing(misdirected), accepting],
      results: [refusal, stored],
    },
    {
      name: 'after one-shot content is returned',
      faces: ownFaces,
      replayable: false,
      origin: [takenAndRefused],
      results: [handedOver],
    },
  ])
})

// Fetch, HTTP-network-or-cache fetch: one more request, unless the body has no source. A stream has none.
describe('a 421 to the platform’s fetch', () => {
  const faces = platformFaces
  play([
    {
      name: 'before the content causes one more request with a buffer',
      faces,
      kinds: buffers,
      origin: [refusing(misdirected), accepting],
      results: [stored],
    },
    {
      name: 'before the content is returned when it comes twice',
      faces,
      kinds: buffers,
      origin: [refusing(misdirected), refusing(misdirected)],
      results: [refusal],
    },
    {
      name: 'before the content is returned with a stream',
      faces,
      kinds: streams,
      origin: [refusing(misdirected), accepting],
      results: [refusal, stored],
    },
    {
      name: 'after the content causes one more request with a buffer',
      faces,
      kinds: buffers,
      origin: [takenAndRefused, accepting],
      results: [stored],
    },
    {
      name: 'after the content is returned with a stream',
      faces,
      kinds: streams,
      origin: [takenAndRefused],
      results: [handedOver],
    },
  ])
})
