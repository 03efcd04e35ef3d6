import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { GetObjectCommand, PutObjectCommand, type S3ClientConfig } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { content, fileStream, waitFor } from '../support/adapters-content.ts'
import { describeClient, type Upload } from '../support/clients-runner.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin, silentOrigin } from '../support/open-origin.ts'
import { s3Client } from '../support/s3.ts'

const target = { Bucket: 'bucket', Key: 'key' }
const response = { status: 200, headers: { etag: '"spec"' } }
const unencoded = { requestChecksumCalculation: 'WHEN_REQUIRED' } as const

async function put(
  { origin, dispatcher, bytes }: Upload,
  Body: Buffer | Readable,
  config?: S3ClientConfig,
): Promise<number> {
  const client = s3Client(origin, dispatcher, config)
  const command = new PutObjectCommand({ ...target, Body, ContentLength: bytes.length })
  const { $metadata } = await client.send(command).catch((error) => error)
  return $metadata.httpStatusCode
}

describeClient(
  'an S3Client with an UndiciHttpHandler',
  {
    'a buffer': (upload) => put(upload, upload.bytes),
    'a file stream without a checksum': (upload) =>
      put(upload, createReadStream(upload.path), unencoded),
  },
  { response, returnsRedirects: ['a buffer', 'a file stream without a checksum'] },
)

/** The data of aws-chunked content, which ends with an empty chunk and the checksum. */
function dechunked(content: Buffer): Buffer {
  const chunks: Buffer[] = []
  let rest = content
  for (;;) {
    const end = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.toString('latin1', 0, end), 16)
    const data = rest.subarray(end + 2)
    if (size === 0) {
      expect(data.toString('latin1')).to.match(/^x-amz-checksum-crc32:\S+\r\n\r\n$/)
      return Buffer.concat(chunks)
    }
    chunks.push(data.subarray(0, size))
    expect(data.toString('latin1', size, size + 2)).to.equal('\r\n')
    rest = data.subarray(size + 2)
  }
}

describeClient(
  'an S3Client with an UndiciHttpHandler, with a checksum in the trailer',
  { 'a file stream': (upload) => put(upload, createReadStream(upload.path)) },
  { response, returnsRedirects: ['a file stream'], decode: dechunked },
)

describe('an S3Client with an UndiciHttpHandler', () => {
  it('does not change the signed path of a key', async () => {
    const origin = await openOrigin({ response })
    const command = new PutObjectCommand({ Bucket: 'bucket', Key: 'a//b/../c d', Body: 'x' })

    await s3Client(origin.url, agentFor()).send(command)

    expect(origin.requests[0]?.path).to.equal('/bucket/a//b/../c%20d?x-id=PutObject')
  })

  for (const [expectContinueHeader, expectation, asked] of [
    [true, 'auto', false],
    [false, 'always', true],
  ] as const) {
    it(`sends an expectation according to the agent (${expectation}), with expectContinueHeader: ${expectContinueHeader}`, async () => {
      const origin = await openOrigin({ response })
      const agent = agentFor({ ...waitFor(), expect: expectation })
      const client = s3Client(origin.url, agent, { expectContinueHeader })

      await client.send(new PutObjectCommand({ ...target, Body: 'x' }))

      expect(origin.requests[0]?.asked).to.equal(asked)
    })
  }

  it('rejects with an AbortError when it is aborted, and cancels the content', async () => {
    const { origin, asked } = await silentOrigin()
    const controller = new AbortController()
    const Body = fileStream()
    const command = new PutObjectCommand({ ...target, Body, ContentLength: content.length })
    const client = s3Client(origin.url, agentFor(waitFor()), unencoded)

    const answer = client
      .send(command, { abortSignal: controller.signal })
      .catch((error: Error) => error)
    await asked
    controller.abort()

    expect(await answer).to.have.property('name', 'AbortError')
    expect(Body.destroyed).to.equal(true)
    expect(origin.requests[0]?.bytes).to.equal(0)
  })

  it('reads objects', async () => {
    const origin = await openOrigin({ response: { status: 200, body: 'object' } })

    const { Body } = await s3Client(origin.url, agentFor()).send(new GetObjectCommand(target))

    expect(await Body?.transformToString()).to.equal('object')
  })

  it('destroys the agent when it is destroyed', () => {
    const agent = agentFor()

    s3Client('http://127.0.0.1', agent).destroy()

    expect(agent.destroyed).to.equal(true)
  })
})
