import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { type ExpectHandlerOptions, expectHandler } from '../../lib/adapters/aws.ts'
import type { OriginResponse, SeenRequest, TestOrigin } from '../../lib/testing/index.ts'
import { waitFor } from './adapters-content.ts'
import { closeLater } from './closing.ts'

/** A logger that says nothing. */
export const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A client for an origin, closed after the spec. It adds nothing to the content. */
export function s3Client(
  origin: TestOrigin,
  options: ExpectHandlerOptions = {},
  config: S3ClientConfig = {},
): S3Client {
  const client = new S3Client({
    endpoint: origin.url,
    region: 'eu-central-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'spec', secretAccessKey: 'spec' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    logger: quiet,
    requestHandler: expectHandler({ memory: false, ...waitFor(), ...options }),
    ...config,
  })
  closeLater(() => client.destroy())
  return client
}

const xml = '<?xml version="1.0" encoding="UTF-8"?>'

/** Answers the three steps of a multipart upload, and single puts. */
export function answerS3({ method, path }: SeenRequest): OriginResponse {
  const headers = { etag: '"spec"', 'content-type': 'application/xml' }
  if (method === 'PUT') return { status: 200, headers: { etag: '"spec"' } }
  if (path.includes('uploads')) {
    const body = `${xml}<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>`
    return { status: 200, headers, body }
  }
  const body = `${xml}<CompleteMultipartUploadResult><ETag>"spec"</ETag></CompleteMultipartUploadResult>`
  return { status: 200, headers, body }
}
