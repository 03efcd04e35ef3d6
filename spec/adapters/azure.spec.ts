import { expect } from 'chai'
import type { OriginMode, SeenRequest } from '../../lib/testing/index.ts'
import { blobClient } from '../support/adapters-azure.ts'
import {
  completeUpload,
  content,
  filePath,
  fileStream,
  headOnly,
  uploadsOf,
  waitFor,
} from '../support/adapters-content.ts'
import { openOrigin } from '../support/open-origin.ts'

type Client = ReturnType<typeof blobClient>

const inputs: Readonly<
  Record<string, (client: Client) => Promise<{ _response: { status: number } }>>
> = {
  'a buffer with uploadData': (client) => client.uploadData(content),
  'a file stream with upload': (client) => client.upload(fileStream(), content.length),
  'a file with uploadFile': (client) => client.uploadFile(filePath()),
  'a function with upload': (client) => client.upload(() => fileStream(), content.length),
}

const accepted: readonly (readonly [string, OriginMode, readonly unknown[]])[] = [
  ['sends a 100', 'go', [completeUpload(true)]],
  ['is silent', 'silent', [completeUpload(true)]],
  ['answers 417', 417, [headOnly, completeUpload(false)]],
]

/** The first request gets this mode; later ones get a 100. */
const once = (first: OriginMode): ((request: SeenRequest) => OriginMode) => {
  let seen = 0
  return () => {
    seen += 1
    return seen === 1 ? first : 'go'
  }
}

const again: readonly (readonly [string, OriginMode])[] = [
  ['a redirect', { status: 307, headers: { location: '/elsewhere' } }],
  ['a 503', 503],
]

describe('expectHttpClient with a BlockBlobClient', () => {
  for (const [name, upload] of Object.entries(inputs)) {
    for (const [what, mode, seen] of accepted) {
      it(`sends ${name} when the origin ${what}`, async () => {
        const origin = await openOrigin({ mode })

        await upload(blobClient(origin, waitFor(mode)))

        expect(uploadsOf(origin)).to.deep.equal(seen)
      })
    }

    for (const [what, mode] of again) {
      it(`sends ${name} again after ${what}`, async () => {
        const origin = await openOrigin({ mode: once(mode) })

        await upload(blobClient(origin, waitFor(mode)))

        expect(uploadsOf(origin)).to.deep.equal([headOnly, completeUpload(true)])
      })
    }

    it(`sends nothing of ${name} when it is refused`, async () => {
      const origin = await openOrigin({ mode: 413 })

      const error = await upload(blobClient(origin)).then(
        () => null,
        (reason) => reason,
      )

      expect(error).to.include({ name: 'RestError', statusCode: 413 })
      expect(uploadsOf(origin)).to.deep.equal([headOnly])
    })
  }

  for (const [what, mode] of [
    ...accepted,
    ...again.map(([name, first]) => [`answers ${name} at first`, once(first)] as const),
  ]) {
    it(`sends the blocks of a stream when the origin ${what}`, async () => {
      const origin = await openOrigin({ mode })
      const client = blobClient(origin, waitFor(mode))

      await client.uploadStream(fileStream(), 2 * 1024 * 1024, 1)

      const blocks = origin.requests.filter(({ path }) => !path.includes('comp=blocklist'))
      const accepted = blocks.filter(({ status }) => status === 201)
      expect(accepted.map(({ bytes, sha256 }) => [bytes, sha256])).to.deep.equal([
        completeUpload(true).slice(1),
      ])
      const refused = blocks.filter(({ status }) => status !== 201)
      expect(refused.every(({ bytes }) => bytes === 0)).to.equal(true)
    })
  }

  it('sends nothing of the blocks of a stream when they are refused', async () => {
    const origin = await openOrigin({ mode: 413 })

    const error = await blobClient(origin)
      .uploadStream(fileStream(), 2 * 1024 * 1024, 1)
      .catch((reason) => reason)

    expect(error).to.include({ name: 'RestError', statusCode: 413 })
    expect(uploadsOf(origin)).to.deep.equal([headOnly])
  })
})
