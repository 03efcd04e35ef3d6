import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { ownFaces } from '../support/faces.ts'
import type { Halt, HaltingKind } from '../support/halting.ts'
import type { Play } from '../support/peer.ts'
import { platformFaces } from '../support/platform-faces.ts'
import { refusing } from '../support/plays.ts'
import { goAhead, head, response } from '../support/responses.ts'
import { play, refused, silentWait } from '../support/scenario.ts'

const none = (): Record<string, string> => ({})
const length = (bytes: Buffer): Record<string, string> => ({
  'content-length': String(bytes.length),
})

/** The same source, with and without a declared length. */
function kindsOf(name: string, make: HaltingKind['make'], replayable = false): HaltingKind[] {
  return [
    { name, known: false, replayable, make, headers: none },
    { name: `${name} with a declared length`, known: true, replayable, make, headers: length },
  ]
}

type Breaking = 'atOnce' | 'listenedTo' | 'leftAlone' | 'halfway'

/**
 * Sources that fail with this error: at once, by themselves (with an error listener, or unread until they are
 * opened), or when more is read.
 */
function breakingWith(broken: Error): Record<Breaking, HaltingKind[]> {
  async function* useless(): AsyncGenerator<Buffer> {
    yield await Promise.reject<Buffer>(broken)
  }
  function uselessStream(): Readable {
    return new Readable({
      read() {
        this.destroy(broken)
      },
    })
  }
  async function* halfway(bytes: Buffer, halt: Halt): AsyncGenerator<Buffer> {
    yield bytes.subarray(0, 1000)
    yield bytes.subarray(1000, 2048)
    await halt.resumed
    throw broken
  }
  function stream(bytes: Buffer, halt: Halt): Readable {
    const readable = new Readable({ read() {} })
    readable.push(bytes.subarray(0, 1000))
    void halt.resumed.then(() => readable.destroy(broken))
    return readable
  }
  function webStream(bytes: Buffer, halt: Halt): ReadableStream {
    return new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 1000))
        void halt.resumed.then(() => controller.error(broken))
      },
    })
  }
  return {
    atOnce: [
      ...kindsOf('a generator', () => useless()),
      ...kindsOf('a stream', () => uselessStream()),
      ...kindsOf('a factory of streams', () => () => uselessStream(), true),
    ],
    listenedTo: kindsOf('a stream', stream),
    leftAlone: kindsOf('a web stream', webStream),
    halfway: [
      ...kindsOf('a generator', halfway),
      ...kindsOf('a stream', (bytes, halt) => Readable.from(halfway(bytes, halt))),
      ...kindsOf('a factory of generators', (bytes, halt) => () => halfway(bytes, halt), true),
    ],
  }
}

const breaksWhileAsking: Play = async (peer) => {
  await peer.readHeadWithExpect()
  await peer.sendPieces(head(103))
  peer.resume()
  await peer.sendPieces(goAhead)
  await peer.expectClosedIncomplete()
}

const errors: [string, Error][] = [
  ['an error', new Error('The source broke')],
  // A stream from another connection may fail with the same code as this connection.
  ['ECONNRESET', Object.assign(new Error('The source was reset'), { code: 'ECONNRESET' })],
]

for (const [what, broken] of errors) {
  const { atOnce, listenedTo, leftAlone, halfway } = breakingWith(broken)
  const failed = { error: broken }

  describe(`a source that breaks with ${what}`, () => {
    play([
      {
        name: 'at its first chunk fails the upload after the 100',
        kinds: atOnce,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.sendPieces(goAhead)
            await peer.expectClosedIncomplete()
          },
        ],
        results: [failed],
      },
      {
        name: 'at its first chunk is not noticed before a refusal',
        kinds: atOnce,
        origin: [refusing(response(403, 'no'))],
        results: [refused(403, 'no')],
      },
      {
        name: 'at its first chunk fails the upload before anything is sent without an expectation',
        kinds: atOnce,
        agent: { expect: 'never' },
        origin: [(peer) => peer.expectClosedWithoutContent()],
        results: [failed],
      },
      {
        name: 'during the wait for the 100 fails the upload',
        kinds: listenedTo,
        faces: ownFaces,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.sendPieces(head(103))
            peer.resume()
            await peer.expectClosedWithoutContent()
          },
        ],
        results: [failed],
      },
      {
        name: 'during the wait for the 100 fails the upload when it is opened',
        kinds: leftAlone,
        faces: ownFaces,
        origin: [breaksWhileAsking],
        results: [failed],
      },
      {
        // The platform’s fetch does not notice the error of a stream that it does not read.
        name: 'during the wait for the 100 fails the upload after it, in the platform’s fetch',
        kinds: [...listenedTo, ...leftAlone],
        faces: platformFaces,
        origin: [breaksWhileAsking],
        results: [failed],
      },
      {
        name: 'after the 100 leaves the message incomplete',
        kinds: halfway,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.sendPieces(goAhead)
            await peer.waitForHalf()
            peer.resume()
            await peer.expectClosedIncomplete()
          },
        ],
        results: [failed],
      },
      {
        name: 'after silence leaves the message incomplete',
        kinds: halfway,
        agent: silentWait,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.waitForHalf()
            peer.resume()
            await peer.expectClosedIncomplete()
          },
        ],
        results: [failed],
      },
      {
        name: 'without an expectation leaves the message incomplete',
        kinds: halfway,
        agent: { expect: 'never' },
        origin: [
          async (peer) => {
            await peer.readHeadWithoutExpect()
            await peer.waitForHalf()
            peer.resume()
            await peer.expectClosedIncomplete()
          },
        ],
        results: [failed],
      },
    ])
  })
}
