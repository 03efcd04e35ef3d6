import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { ownFaces } from '../support/faces.ts'
import type { Halt, HaltingKind } from '../support/halting.ts'
import type { Play } from '../support/peer.ts'
import { platformFaces } from '../support/platform-faces.ts'
import { goAhead, head } from '../support/responses.ts'
import { play, silentWait } from '../support/scenario.ts'

const none = (): Record<string, string> => ({})
const length = (bytes: Buffer): Record<string, string> => ({
  'content-length': String(bytes.length),
})

/** The same, with and without a declared length. */
function kindsOf(name: string, make: HaltingKind['make'], replayable = false): HaltingKind[] {
  return [
    { name, known: false, replayable, make, headers: none },
    { name: `${name} with a declared length`, known: true, replayable, make, headers: length },
  ]
}

/** Sources that break with this error: at once, by themselves, or when they are read on. */
function breakingWith(broken: Error): Record<'atOnce' | 'bySelf' | 'halfway', HaltingKind[]> {
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
    await halt.lifted
    throw broken
  }
  function stream(bytes: Buffer, halt: Halt): Readable {
    const readable = new Readable({ read() {} })
    readable.push(bytes.subarray(0, 1000))
    void halt.lifted.then(() => readable.destroy(broken))
    return readable
  }
  function webStream(bytes: Buffer, halt: Halt): ReadableStream {
    return new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 1000))
        void halt.lifted.then(() => controller.error(broken))
      },
    })
  }
  return {
    atOnce: [
      ...kindsOf('a generator', () => useless()),
      ...kindsOf('a stream', () => uselessStream()),
      ...kindsOf('a factory of streams', () => () => uselessStream(), true),
    ],
    bySelf: [
      ...kindsOf('a stream', stream),
      ...kindsOf('a web stream', webStream),
      ...kindsOf('a factory of streams', (bytes, halt) => () => stream(bytes, halt), true),
    ],
    halfway: [
      ...kindsOf('a generator', halfway),
      ...kindsOf('a stream', (bytes, halt) => Readable.from(halfway(bytes, halt))),
      ...kindsOf('a factory of generators', (bytes, halt) => () => halfway(bytes, halt), true),
    ],
  }
}

const seesNothing: Play = (peer) => peer.withheld()

const errors: [string, Error][] = [
  ['an error', new Error('The source broke')],
  // A stream from elsewhere may break as this connection could.
  ['ECONNRESET', Object.assign(new Error('The source was reset'), { code: 'ECONNRESET' })],
]

for (const [what, broken] of errors) {
  const { atOnce, bySelf, halfway } = breakingWith(broken)
  const failed = { error: broken }

  describe(`a source that breaks with ${what}`, () => {
    play([
      {
        name: 'at its first chunk fails the upload before anything is sent',
        kinds: atOnce,
        origin: [seesNothing],
        gets: [failed],
      },
      {
        name: 'at its first chunk fails the upload where nobody is asked, too',
        kinds: atOnce,
        agent: { expect: 'never' },
        origin: [seesNothing],
        gets: [failed],
      },
      {
        name: 'while the go-ahead is waited for fails the upload',
        kinds: bySelf,
        faces: ownFaces,
        origin: [
          async (peer) => {
            await peer.asked()
            await peer.says(head(103))
            peer.lift()
            await peer.withheld()
          },
        ],
        gets: [failed],
      },
      {
        // The platform's fetch hears nothing of a stream as long as it does not read from it.
        name: 'while the go-ahead is waited for fails the upload after it, in the platform’s fetch',
        kinds: bySelf,
        faces: platformFaces,
        origin: [
          async (peer) => {
            await peer.asked()
            await peer.says(head(103))
            peer.lift()
            await peer.says(goAhead)
            await peer.incomplete()
          },
        ],
        gets: [failed],
      },
      {
        name: 'after the go-ahead leaves the message incomplete',
        kinds: halfway,
        origin: [
          async (peer) => {
            await peer.asked()
            await peer.says(goAhead)
            await peer.halfway()
            peer.lift()
            await peer.incomplete()
          },
        ],
        gets: [failed],
      },
      {
        name: 'after silence leaves the message incomplete',
        kinds: halfway,
        agent: silentWait,
        origin: [
          async (peer) => {
            await peer.asked()
            await peer.halfway()
            peer.lift()
            await peer.incomplete()
          },
        ],
        gets: [failed],
      },
      {
        name: 'where nobody is asked leaves the message incomplete',
        kinds: halfway,
        agent: { expect: 'never' },
        origin: [
          async (peer) => {
            await peer.unasked()
            await peer.halfway()
            peer.lift()
            await peer.incomplete()
          },
        ],
        gets: [failed],
      },
    ])
  })
}
