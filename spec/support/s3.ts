import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { UndiciHttpHandler } from '@smithy/undici-http-handler'
import type { ExpectAgent } from '../../lib/index.ts'
import { closeLater } from './closing.ts'

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A client that sends through an agent; it is closed after the spec. */
export function s3Client(
  endpoint: string,
  dispatcher: ExpectAgent,
  config: S3ClientConfig = {},
): S3Client {
  const client = new S3Client({
    endpoint,
    region: 'eu-central-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'spec', secretAccessKey: 'spec' },
    logger: quiet,
    // The types of the handler are those of another undici.
    requestHandler: new UndiciHttpHandler({ dispatcher: dispatcher as object }),
    ...config,
  })
  closeLater(() => client.destroy())
  return client
}
