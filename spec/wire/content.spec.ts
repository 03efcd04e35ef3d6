import { Readable } from 'node:stream'
import { noise } from '../support/contents.ts'
import type { HaltingKind } from '../support/halting.ts'
import type { Play } from '../support/peer.ts'
import { accepting, acceptingWithoutExpect, inTurn, refusing } from '../support/plays.ts'
import { goAhead, response } from '../support/responses.ts'
import {
  play,
  refused,
  replayed,
  silent,
  silentWait,
  stored,
  unasked,
} from '../support/scenario.ts'

const requestHead = `PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`

const lookalikes: readonly [name: string, content: string][] = [
  ['a request head with an expectation', requestHead],
  ['an expectation', '\r\nexpect: 100-continue\r\n\r\n'],
  ['a 100', goAhead],
  ['the last chunk', `0\r\n\r\n${requestHead}`],
  ['blank lines', '\r\n\r\n'.repeat(100)],
]

describe('request content', () => {
  for (const [name, text] of lookalikes) {
    const bytes = Buffer.from(text)
    play([
      {
        name: `arrives unchanged after a 100: ${name}`,
        bytes,
        origin: [inTurn(accepting, accepting)],
        results: [stored, stored],
      },
      {
        name: `arrives unchanged without an expectation: ${name}`,
        bytes,
        agent: { expect: 'never' },
        origin: [inTurn(acceptingWithoutExpect, acceptingWithoutExpect)],
        results: [unasked, unasked],
      },
      {
        name: `arrives unchanged when it is replayed: ${name}`,
        bytes,
        origin: [refusing(response(417)), inTurn(acceptingWithoutExpect, acceptingWithoutExpect)],
        results: [replayed, { ...unasked, reason: 'remembered-417' }],
      },
      {
        name: `is not parsed as a request by an origin that refused it: ${name}`,
        bytes,
        origin: [refusing(response(403, 'no')), accepting],
        results: [refused(403, 'no'), stored],
      },
    ])
  }

  for (const size of [1, 2, 65_535, 65_536, 1_000_000]) {
    const bytes = noise(size, size)
    play([
      {
        name: `arrives complete after a 100: ${size} bytes`,
        bytes,
        origin: [inTurn(accepting, accepting)],
        results: [stored, stored],
      },
      {
        name: `arrives complete when it is replayed: ${size} bytes`,
        bytes,
        origin: [refusing(response(417)), acceptingWithoutExpect],
        results: [replayed],
      },
    ])
  }
})

const none = (): Record<string, string> => ({})

/** A kind of empty content, with a known length or not. */
function empty(name: string, known: boolean, make: HaltingKind['make']): HaltingKind {
  return { name, known, replayable: false, make, headers: none }
}

const knownKinds: readonly HaltingKind[] = [
  empty('an empty string', true, () => ''),
  empty('an empty buffer', true, () => Buffer.alloc(0)),
  empty('an empty Blob', true, () => new Blob([])),
  {
    ...empty('an empty generator with a declared length', true, () => nothing()),
    headers: () => ({ 'content-length': '0' }),
  },
]

const unknownKinds: readonly HaltingKind[] = [
  empty('an empty stream', false, () => Readable.from([])),
  empty('a stream of nothing but empty chunks', false, () =>
    Readable.from([Buffer.alloc(0), Buffer.alloc(0)]),
  ),
  empty('an empty generator', false, () => nothing()),
  empty('a factory of empty generators', false, () => () => nothing()),
  empty('an empty web stream', false, () => Readable.toWeb(Readable.from([])) as ReadableStream),
]

async function* nothing(): AsyncGenerator<Buffer> {}

const answering417: Play = async (peer) => {
  await peer.readHeadWithoutExpect()
  await peer.accept(417, 'no')
}

describe('content that is known to be empty', () => {
  const bytes = Buffer.alloc(0)
  const nobodyAsked = { ...unasked, reason: 'no-content' } as const
  for (const method of ['PUT', 'POST', 'PATCH'] as const) {
    play([
      {
        name: `is sent without an expectation and with a length of 0: ${method}`,
        bytes,
        kinds: knownKinds,
        origin: [acceptingWithoutExpect],
        results: [{ ...nobodyAsked, sending: { method } }],
      },
    ])
  }
  play([
    {
      name: "is sent without an expectation with expect: 'always'",
      bytes,
      kinds: knownKinds,
      origin: [acceptingWithoutExpect],
      results: [{ ...nobodyAsked, sending: { expect: 'always' } }],
    },
    {
      name: 'causes a 417 to be returned to the caller',
      bytes,
      kinds: knownKinds,
      origin: [answering417],
      results: [{ ...nobodyAsked, status: 417, text: 'no' }],
    },
  ])
})

describe('content that turns out to be empty', () => {
  const bytes = Buffer.alloc(0)
  for (const method of ['PUT', 'POST', 'PATCH'] as const) {
    play([
      {
        name: `is sent with an expectation, and arrives as no chunks: ${method}`,
        bytes,
        kinds: unknownKinds,
        origin: [accepting],
        results: [{ ...stored, sending: { method } }],
      },
    ])
  }
  play([
    {
      name: 'arrives as no chunks after silence',
      bytes,
      kinds: unknownKinds,
      agent: silentWait,
      origin: [
        async (peer) => {
          await peer.readHeadWithExpect()
          await peer.accept()
        },
      ],
      results: [silent],
    },
    {
      name: 'arrives as no chunks without an expectation',
      bytes,
      kinds: unknownKinds,
      agent: { expect: 'never' },
      origin: [acceptingWithoutExpect],
      results: [unasked],
    },
    {
      name: 'is not sent after a refusal',
      bytes,
      kinds: unknownKinds,
      origin: [refusing(response(403, 'no'))],
      results: [refused(403, 'no')],
    },
    {
      name: 'is replayed after a 417',
      bytes,
      kinds: unknownKinds,
      origin: [refusing(response(417)), acceptingWithoutExpect],
      results: [replayed],
    },
  ])
})
