import { createReadStream, writeFileSync } from 'node:fs'
import { Upload } from '@aws-sdk/lib-storage'
import { expect } from 'chai'
import type {
  OriginMode,
  OriginResponse,
  SeenRequest,
  TestOrigin,
} from '../../lib/testing/index.ts'
import { headOnly, waitFor } from '../support/adapters-content.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { temporaryFile } from '../support/files.ts'
import { openOrigin } from '../support/open-origin.ts'
import { s3Client } from '../support/s3.ts'

const partSize = 6 * 1024 * 1024
const bytes = noise(2 * partSize)
const parts = [bytes.subarray(0, partSize), bytes.subarray(partSize)].map(sha256)

function fileStream(): ReturnType<typeof createReadStream> {
  const path = temporaryFile()
  writeFileSync(path, bytes)
  return createReadStream(path)
}

const bodies = { 'a buffer': () => bytes, 'a file stream': fileStream }

/** A part that the origin accepted. */
const acceptedPart = (asked: boolean, index: number): unknown => [asked, partSize, parts[index]]

/** The agent has a route memory: a route that was silent or answered 417 is asked only once. */
const accepted: readonly (readonly [string, OriginMode, readonly unknown[]])[] = [
  ['sends a 100', 'go', [acceptedPart(true, 0), acceptedPart(true, 1)]],
  ['is silent', 'silent', [acceptedPart(true, 0), acceptedPart(false, 1)]],
  ['answers 417', 417, [headOnly, acceptedPart(false, 0), acceptedPart(false, 1)]],
]

const refusals: readonly (readonly [string, OriginMode, number])[] = [
  ['413', 413, 413],
  ['a redirect', { status: 307, headers: { location: '/elsewhere' } }, 307],
]

const xml = '<?xml version="1.0" encoding="UTF-8"?>'

/** Answers the three steps of a multipart upload. */
function answerS3({ method, path }: SeenRequest): OriginResponse {
  const headers = { etag: '"spec"', 'content-type': 'application/xml' }
  if (method === 'PUT') return { status: 200, headers: { etag: '"spec"' } }
  if (path.includes('uploads')) {
    const body = `${xml}<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>`
    return { status: 200, headers, body }
  }
  const body = `${xml}<CompleteMultipartUploadResult><ETag>"spec"</ETag></CompleteMultipartUploadResult>`
  return { status: 200, headers, body }
}

/** An origin whose mode applies to the parts only. */
const partsOrigin = (mode: OriginMode): Promise<TestOrigin> =>
  openOrigin({ mode: ({ method }) => (method === 'PUT' ? mode : 'go'), response: answerS3 })

type Body = ReturnType<(typeof bodies)[keyof typeof bodies]>

const upload = (origin: TestOrigin, mode: OriginMode, Body: Body): ReturnType<Upload['done']> =>
  new Upload({
    client: s3Client(origin.url, agentFor(waitFor(mode))),
    params: { Bucket: 'bucket', Key: 'key', Body },
    partSize,
    queueSize: 1,
  }).done()

const partsOf = ({ requests }: TestOrigin): readonly unknown[] =>
  requests
    .filter(({ method }) => method === 'PUT')
    .map(({ asked, bytes, sha256 }) => [asked, bytes, sha256])

describe('an Upload of lib-storage with an UndiciHttpHandler', () => {
  for (const [name, make] of Object.entries(bodies)) {
    for (const [what, mode, seen] of accepted) {
      it(`puts the parts of ${name} when the origin ${what}`, async () => {
        const origin = await partsOrigin(mode)

        const { ETag } = await upload(origin, mode, make())

        expect(ETag).to.equal('"spec"')
        expect(partsOf(origin)).to.deep.equal(seen)
      })
    }

    for (const [what, mode, status] of refusals) {
      it(`returns ${what} before a byte of ${name} was sent`, async () => {
        const origin = await partsOrigin(mode)

        const error = await upload(origin, mode, make()).catch((reason) => reason)

        expect(error.$metadata.httpStatusCode).to.equal(status)
        expect(partsOf(origin)).to.deep.equal([headOnly])
      })
    }
  }
})
