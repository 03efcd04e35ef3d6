import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { HaltingKind } from '../support/halting.ts'
import type { Play } from '../support/peer.ts'
import { refusing } from '../support/plays.ts'
import { goAhead, response } from '../support/responses.ts'
import { play, refused, silentWait } from '../support/scenario.ts'

/** Sources that declare `by` bytes more than they have, or fewer. */
function misdeclared(by: number, ...sizes: number[]): HaltingKind[] {
  const headers = (bytes: Buffer): Record<string, string> => ({
    'content-length': String(bytes.length + by),
  })
  return sizes.flatMap((size) => {
    const makes: [string, HaltingKind['make']][] = [
      ['a generator', (bytes) => chunks(bytes, size)],
      ['a stream', (bytes) => Readable.from(chunks(bytes, size))],
      ['a factory', (bytes) => () => chunks(bytes, size)],
    ]
    return makes.map(([what, make]) => {
      const name = `${what}, ${size} at a time, off by ${by}`
      return { name, known: true, replayable: what === 'a factory', make, headers }
    })
  })
}

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const wrong = [
  {
    name: 'that ends early',
    code: 'ERR_EXPECT_CONTENT_SHORT',
    // The whole content in one chunk, in several, and with a last chunk of one byte.
    kinds: [...misdeclared(1, 4096, 1024, 4095), ...misdeclared(1000, 4096, 1024)],
  },
  {
    name: 'that continues past its end',
    code: 'ERR_EXPECT_CONTENT_LONG',
    // The excess inside the last chunk, inside the only one, and in chunks of its own.
    kinds: [...misdeclared(-1, 1024, 4095, 4096), ...misdeclared(-1024, 1024, 3072, 100)],
  },
]

/** A wrong length that is known at once fails before the head is sent. */
const neverComplete: Play = async (peer) => {
  const raw = (await peer.wire.closed()).toString('latin1')
  if (raw === '') return
  const [head = '', content = ''] = raw.split('\r\n\r\n')
  const [, declared] = /content-length: (\d+)/.exec(head) ?? []
  expect(content.length).to.be.below(Number(declared))
}

for (const { name, code, kinds } of wrong) {
  describe(`a source with a declared length ${name}`, () => {
    play([
      {
        name: 'leaves the message incomplete after a 100',
        kinds,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.sendPieces(goAhead)
            await peer.expectClosedIncomplete()
          },
        ],
        results: [{ error: [code] }],
      },
      {
        name: 'leaves the message incomplete after silence',
        kinds,
        agent: silentWait,
        origin: [
          async (peer) => {
            await peer.readHeadWithExpect()
            await peer.expectClosedIncomplete()
          },
        ],
        results: [{ error: [code] }],
      },
      {
        name: 'leaves the message incomplete without an expectation, if any of it is sent',
        kinds,
        agent: { expect: 'never' },
        origin: [neverComplete],
        results: [{ error: [code] }],
      },
      {
        name: 'is not noticed before a refusal',
        kinds,
        origin: [refusing(response(403, 'no'))],
        results: [{ ...refused(403, 'no') }],
      },
      {
        name: 'leaves the message of a replay incomplete, if any of it is sent',
        kinds,
        origin: [refusing(response(417)), neverComplete],
        results: [{ error: [code] }],
      },
    ])
  })
}

describe('a source with a declared length of 0 bytes that is not empty', () => {
  play([
    {
      name: 'fails the upload before a connection is made',
      kinds: misdeclared(-4096, 1024),
      origin: [],
      results: [{ error: ['ERR_EXPECT_CONTENT_LONG'] }],
    },
  ])
})
