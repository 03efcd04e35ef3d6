// Puts an object into a bucket with the AWS SDK, whose requests go through an agent that asks first.
// Usage: node examples/s3.ts [endpoint], with credentials where the SDK looks for them.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { UndiciHttpHandler } from '@smithy/undici-http-handler'
import { ExpectAgent } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const origin = await startOrigin({ response: { status: 200 } })
const dispatcher: object = new ExpectAgent()
const client = new S3Client({
  endpoint: given ?? origin.url,
  region: 'us-east-1',
  forcePathStyle: true,
  requestHandler: new UndiciHttpHandler({ dispatcher }),
  ...(given === undefined && { credentials: { accessKeyId: 'id', secretAccessKey: 'secret' } }),
})

const Body = Buffer.alloc(8 * 1024 * 1024, 'video')
const put = new PutObjectCommand({ Bucket: 'videos', Key: 'video.h264', Body })
const { $metadata } = await client.send(put)
console.log(`put: ${$metadata.httpStatusCode}`)
for (const { asked, bytes } of origin.requests) console.log(`asked: ${asked}, took ${bytes} bytes`)

client.destroy()
await origin.close()
