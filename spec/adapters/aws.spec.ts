import { PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import type { OriginMode } from '../../lib/testing/index.ts'
import {
  content,
  fileStream,
  headOnly,
  startedOrigin,
  uploadsOf,
  waitFor,
  whole,
} from '../support/adapters-content.ts'
import { answerS3, s3Client } from '../support/adapters-s3.ts'

const target = { Bucket: 'bucket', Key: 'a//b/../c d' }

const inputs = {
  'a file stream': () => ({ Body: fileStream(), ContentLength: content.length }),
  'a buffer': () => ({ Body: content }),
}

const accepted: readonly (readonly [string, OriginMode, readonly unknown[]])[] = [
  ['says go', 'go', [whole(true)]],
  ['stays silent', 'silent', [whole(true)]],
  ['answers 417', 417, [headOnly, whole(false)]],
]

const refusals: readonly (readonly [string, OriginMode, number])[] = [
  ['413', 413, 413],
  ['a redirect', { status: 307, headers: { location: '/elsewhere' } }, 307],
]

describe('expectHandler with an S3Client', () => {
  for (const [name, input] of Object.entries(inputs)) {
    for (const [what, mode, seen] of accepted) {
      it(`puts ${name} when the origin ${what}`, async () => {
        const origin = await startedOrigin({ mode, response: answerS3 })
        const client = s3Client(origin, waitFor(mode))

        const { ETag } = await client.send(new PutObjectCommand({ ...target, ...input() }))

        expect(ETag).to.equal('"spec"')
        expect(uploadsOf(origin)).to.deep.equal(seen)
      })
    }

    for (const [what, mode, status] of refusals) {
      it(`hands over ${what} before a byte of ${name} was sent`, async () => {
        const origin = await startedOrigin({ mode, response: answerS3 })
        const client = s3Client(origin, waitFor(mode))

        const error = await client.send(new PutObjectCommand({ ...target, ...input() })).then(
          () => null,
          (reason) => reason,
        )

        expect(error.$metadata.httpStatusCode).to.equal(status)
        expect(uploadsOf(origin)).to.deep.equal([headOnly])
      })
    }
  }

  it('leaves the path of a key as it was signed', async () => {
    const origin = await startedOrigin({ response: answerS3 })

    await s3Client(origin).send(new PutObjectCommand({ ...target, Body: 'x' }))

    expect(origin.requests[0]?.path).to.equal('/bucket/a//b/../c%20d?x-id=PutObject')
  })

  it('asks for content below the threshold where the SDK has set the header', async () => {
    const origin = await startedOrigin({ response: answerS3 })
    const client = s3Client(origin, {}, { expectContinueHeader: true })

    await client.send(new PutObjectCommand({ ...target, Body: 'x' }))

    expect(origin.requests[0]?.asked).to.equal(true)
  })

  it('sends chunks with a checksum trailer behind them', async () => {
    const origin = await startedOrigin({ response: answerS3, keepContent: true })
    const client = s3Client(origin, {}, { requestChecksumCalculation: 'WHEN_SUPPORTED' })

    await client.send(
      new PutObjectCommand({ ...target, Body: fileStream(), ContentLength: content.length }),
    )

    const [request] = origin.requests
    expect(request?.headers['content-encoding']).to.equal('aws-chunked')
    expect(request?.headers['x-amz-decoded-content-length']).to.equal(String(content.length))
    expect(request?.content.toString('latin1')).to.match(/\r\n0\r\nx-amz-checksum-\w+:\S+\r\n\r\n$/)
  })
})
