import type { Readable } from 'node:stream'
import { expect } from 'chai'
import { fetch, fromFile } from '../../lib/index.ts'
import type { OriginMode, SeenRequest } from '../../lib/testing/index.ts'
import { agentFor } from '../support/faces.ts'
import { temporaryFile, temporaryStream } from '../support/files.ts'
import { bytes, halves, type Input, oneShotInputs, replayableInputs } from '../support/inputs.ts'
import { openOrigin } from '../support/open-origin.ts'
import { PushingForm } from '../support/piped.ts'

const part = (start: number, end: number) => ({
  length: end - start,
  type: null,
  content: bytes.subarray(start, end),
})
const complete = part(0, bytes.length)

/** Content of a file; as in node:fs, `end` is the last byte. */
const fileInputs: readonly Input[] = [
  { name: 'a file stream', make: () => temporaryStream(bytes), ...complete },
  {
    name: 'a file stream with a start',
    make: () => temporaryStream(bytes, { start: 2 }),
    ...part(2, bytes.length),
  },
  {
    name: 'a file stream with an end',
    make: () => temporaryStream(bytes, { end: 3 }),
    ...part(0, 4),
  },
  {
    name: 'a file stream with a start and an end',
    make: () => temporaryStream(bytes, { start: 2, end: 3 }),
    ...part(2, 4),
  },
  {
    name: 'a file stream of text',
    make: () => temporaryStream(bytes, 'utf8'),
    ...complete,
    length: null,
  },
  { name: 'fromFile()', make: () => fromFile(temporaryFile(bytes)), ...complete },
  {
    name: 'fromFile() with a start and an end',
    make: () => fromFile(temporaryFile(bytes), { start: 2, end: 3 }),
    ...part(2, 4),
  },
]

const inputs = [
  ...replayableInputs,
  ...oneShotInputs,
  ...fileInputs,
  {
    name: 'a form of the package form-data',
    make: () => new PushingForm(halves, bytes.length) as unknown as Readable,
    ...complete,
    type: 'multipart/form-data; boundary=edge',
  },
  { name: 'an array', make: () => halves, ...complete, length: null },
]

/** What the origin must see of a request whose content it accepted. */
function seenOf(request: SeenRequest | undefined): object {
  const { asked, headers, content } = request ?? { asked: null, headers: {} }
  return {
    asked,
    type: headers['content-type'] ?? null,
    length: headers['content-length'] ?? null,
    encoding: headers['transfer-encoding'] ?? null,
    content: content?.toString('hex'),
  }
}

function wanted({ length, type, content }: Input, asked: boolean): object {
  return {
    asked,
    type,
    length: length === null ? null : String(length),
    encoding: length === null ? 'chunked' : null,
    content: content.toString('hex'),
  }
}

async function send(mode: OriginMode, body: unknown): Promise<readonly SeenRequest[]> {
  const origin = await openOrigin({ mode, keepContent: true })
  const dispatcher = agentFor({ expect: 'always', continueTimeout: 60_000 })
  const init = { method: 'POST', body, dispatcher } as Parameters<typeof fetch>[1]
  const { status } = await fetch(origin.url, init)
  expect(status).to.equal(201)
  return origin.requests
}

describe("fetch's body", () => {
  for (const input of inputs) {
    it(`may be ${input.name}`, async () => {
      const seen = await send('go', await input.make())
      expect(seen.map(seenOf)).to.deep.equal([wanted(input, input.length !== 0)])
    })

    if (input.length === 0) continue
    it(`may be ${input.name}, also after a 417`, async () => {
      const [refused, accepted, ...more] = await send(417, await input.make())
      expect(refused).to.include({ asked: true, status: 417, bytes: 0 })
      expect(seenOf(accepted)).to.deep.equal(wanted(input, false))
      expect(more).to.deep.equal([])
    })

    it(`may be a function that makes ${input.name}, without a length or a type`, async () => {
      const made = await input.make()
      const [refused, accepted] = await send(417, () => made)
      expect(refused).to.include({ asked: true, status: 417, bytes: 0 })
      expect(seenOf(accepted)).to.deep.equal(wanted({ ...input, length: null, type: null }, false))
    })
  }
})
