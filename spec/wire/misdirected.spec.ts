import { kinds } from '../support/contents.ts'
import { faces } from '../support/faces.ts'
import type { Play } from '../support/peer.ts'
import { accepting, refusing } from '../support/plays.ts'
import { goAhead, response } from '../support/responses.ts'
import { play, refused, stored } from '../support/scenario.ts'

const again = faces.filter(({ name }) => name !== 'request with a dispatcher')
const plain = faces.filter(({ name }) => name === 'request with a dispatcher')
const misdirected = response(421, 'elsewhere')
const refusal = refused(421, 'elsewhere')
const takenAndRefused: Play = async (peer) => {
  await peer.asked()
  await peer.says(goAhead)
  await peer.takes(421, 'elsewhere', 'Connection: close')
  await peer.withheld()
}
const handedOver = { ...stored, status: 421, text: 'elsewhere' }
const replayable = kinds.filter(({ replayable }) => replayable)
const oneShot = kinds.filter(({ replayable }) => !replayable)

// The platform's fetch makes one more request after a 421 (RFC 9110, section 15.5.20), but not
// for what can be read once (Fetch standard, HTTP-network-or-cache fetch).
describe('a 421', () => {
  play([
    {
      name: 'before the content has fetch try once more, with the content untouched',
      faces: again,
      kinds: replayable,
      origin: [refusing(misdirected), accepting],
      gets: [stored],
    },
    {
      name: 'before the content is the caller’s when it comes twice',
      faces: again,
      kinds: replayable,
      origin: [refusing(misdirected), refusing(misdirected)],
      gets: [refusal],
    },
    {
      name: 'before the content is the caller’s',
      faces: plain,
      origin: [refusing(misdirected), accepting],
      gets: [refusal, stored],
    },
    {
      name: 'after the content has fetch send again what can be opened again',
      faces: again,
      kinds: replayable,
      origin: [takenAndRefused, accepting],
      gets: [{ ...stored, sent: 2 }],
    },
    {
      name: 'before one-shot content is the caller’s',
      faces: again,
      kinds: oneShot,
      origin: [refusing(misdirected), accepting],
      gets: [refusal, stored],
    },
    {
      name: 'after one-shot content is the caller’s',
      kinds: oneShot,
      origin: [takenAndRefused],
      gets: [handedOver],
    },
  ])
})
