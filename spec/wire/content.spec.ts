import { Readable } from 'node:stream'
import { noise } from '../support/contents.ts'
import type { HaltingKind } from '../support/halting.ts'
import { accepting, inTurn, refusing, taking } from '../support/plays.ts'
import { goAhead, response } from '../support/responses.ts'
import { play, refused, replayed, stored, unasked } from '../support/scenario.ts'

const requestHead = `PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`

const lookalikes: readonly [name: string, content: string][] = [
  ['a request’s head that asks', requestHead],
  ['an expectation', '\r\nexpect: 100-continue\r\n\r\n'],
  ['a go-ahead', goAhead],
  ['the last chunk', `0\r\n\r\n${requestHead}`],
  ['blank lines', '\r\n\r\n'.repeat(100)],
]

describe('request content', () => {
  for (const [name, text] of lookalikes) {
    const bytes = Buffer.from(text)
    play([
      {
        name: `arrives untouched after a go-ahead: ${name}`,
        bytes,
        origin: [inTurn(accepting, accepting)],
        gets: [stored, stored],
      },
      {
        name: `arrives untouched where nobody is asked: ${name}`,
        bytes,
        agent: { expect: 'never' },
        origin: [inTurn(taking, taking)],
        gets: [unasked, unasked],
      },
      {
        name: `arrives untouched when it is replayed: ${name}`,
        bytes,
        origin: [refusing(response(417)), inTurn(taking, taking)],
        gets: [replayed, { ...unasked, reason: 'remembered-417' }],
      },
      {
        name: `is no request to an origin that refused it: ${name}`,
        bytes,
        origin: [refusing(response(403, 'no')), accepting],
        gets: [refused(403, 'no'), stored],
      },
    ])
  }

  for (const size of [1, 2, 65_535, 65_536, 1_000_000]) {
    const bytes = noise(size, size)
    play([
      {
        name: `arrives whole after a go-ahead: ${size} bytes`,
        bytes,
        origin: [inTurn(accepting, accepting)],
        gets: [stored, stored],
      },
      {
        name: `arrives whole when it is replayed: ${size} bytes`,
        bytes,
        origin: [refusing(response(417)), taking],
        gets: [replayed],
      },
    ])
  }
})

const none = (): Record<string, string> => ({})

/** A kind of content that is empty; a length of 0 is sent in any case. */
function empty(name: string, make: HaltingKind['make']): HaltingKind {
  return { name, known: true, replayable: false, make, headers: none }
}

const emptyKinds: readonly HaltingKind[] = [
  empty('an empty string', () => ''),
  empty('an empty buffer', () => Buffer.alloc(0)),
  empty('an empty Blob', () => new Blob([])),
  empty('an empty stream', () => Readable.from([])),
  empty('a stream of nothing but empty chunks', () =>
    Readable.from([Buffer.alloc(0), Buffer.alloc(0)]),
  ),
  empty('an empty generator', () => nothing()),
  empty('a factory of empty generators', () => () => nothing()),
  empty('an empty web stream', () => Readable.toWeb(Readable.from([])) as ReadableStream),
  {
    ...empty('an empty generator with a declared length', () => nothing()),
    headers: () => ({ 'content-length': '0' }),
  },
]

async function* nothing(): AsyncGenerator<Buffer> {}

describe('empty content', () => {
  const bytes = Buffer.alloc(0)
  const nobodyAsked = { ...unasked, reason: 'no-content' } as const
  for (const method of ['PUT', 'POST', 'PATCH'] as const) {
    play([
      {
        name: `carries no expectation, and a length of 0: ${method}`,
        bytes,
        kinds: emptyKinds,
        origin: [taking],
        gets: [{ ...nobodyAsked, sending: { method } }],
      },
    ])
  }
  play([
    {
      name: "carries no expectation with expect: 'always'",
      bytes,
      kinds: emptyKinds,
      origin: [taking],
      gets: [{ ...nobodyAsked, sending: { expect: 'always' } }],
    },
    {
      name: 'leaves a 417 to the caller',
      bytes,
      kinds: emptyKinds,
      origin: [
        async (peer) => {
          await peer.unasked()
          await peer.takes(417, 'no')
        },
      ],
      gets: [{ ...nobodyAsked, status: 417, text: 'no' }],
    },
  ])
})
