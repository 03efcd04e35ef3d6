import { createServer, request as nodeRequest } from 'node:http'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { Agent } from 'undici'
import { expectContinue } from '../../lib/client/interceptor.ts'
import { type UploadResult, upload } from '../../lib/client/upload.ts'
import { gatedPool } from '../../lib/connection/pool.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { filesOf } from '../support/command-origin.ts'
import { noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'
import { s3Client } from '../support/s3.ts'
import { run } from '../support/terminal.ts'
import { bucket, credentials, installS3, type S3Package, Signing, startS3 } from './support/s3.ts'

const content = noise(2_097_152)
const key = 'one/video 1.h264'

/** Uploads one-shot content, and signs each attempt. */
function send(url: string, signing: Signing): Promise<UploadResult> {
  const agent = new Agent({ factory: gatedPool })
  closeLater(() => agent.destroy())
  const dispatcher = agent.compose(signing.interceptor, expectContinue({ expect: 'always' }))
  const once = [content].values()
  return upload(url, { length: content.length, open: () => once }, { dispatcher })
}

/** A proxy in front of a store that refuses each expectation with 417 and forwards other requests. */
async function refusingFront(store: string): Promise<string> {
  const server = createServer((message, response) => {
    const { method, url, headers } = message
    const passed = nodeRequest(new URL(url ?? '', store), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    message.pipe(passed)
  })
  server.on('checkContinue', (_message, response) => response.writeHead(417).end())
  return `http://127.0.0.1:${await listening(server)}`
}

describe('uploads to a store that speaks S3 and checks signatures', () => {
  let installed: S3Package

  before(() => {
    installed = installS3()
  })
  after(() => installed.remove())

  it('are stored when they are signed', async () => {
    const store = await startS3(installed)
    const signing = new Signing()
    const { response, report } = await send(`${store.url}/${encodeURI(key)}`, signing)
    expect(response.status, await response.text()).to.equal(200)
    expect(report).to.include({ outcome: 'continued', sentBytes: content.length })
    expect(signing.signatures).to.have.lengthOf(1)
    expect(store.stored()).to.deep.equal([sha256(content)])
  })

  it('are refused when they are signed with another secret', async () => {
    const store = await startS3(installed)
    const { response } = await send(`${store.url}/${encodeURI(key)}`, new Signing('a guess'))
    expect(response.status).to.equal(403)
    expect(await response.text()).to.contain('SignatureDoesNotMatch')
    expect(store.stored()).to.deep.equal([])
  })

  it('are signed again for the host of a redirect', async () => {
    const store = await startS3(installed)
    const location = `${store.url}/${encodeURI(key)}`
    const near = await startOrigin({ mode: { status: 307, headers: { location } } })
    closeLater(() => near.close())
    const signing = new Signing()
    const { response, report } = await send(`${near.url}/${bucket}/${encodeURI(key)}`, signing)
    expect(response.status, await response.text()).to.equal(200)
    expect(report.attempts.map(({ status }) => status)).to.deep.equal([307, 200])
    expect(near.requests.map(({ bytes, headers }) => [bytes, headers.authorization])).to.deep.equal(
      [[0, signing.signatures[0]]],
    )
    expect(new Set(signing.signatures)).to.have.property('size', 2)
    expect(store.stored()).to.deep.equal([sha256(content)])
  })

  it('are signed again after a 417', async () => {
    const store = await startS3(installed)
    const front = await refusingFront(store.url)
    const signing = new Signing()
    const { response, report } = await send(`${front}/${bucket}/${encodeURI(key)}`, signing)
    expect(response.status, await response.text()).to.equal(200)
    expect(report).to.include({ outcome: 'replayed', sentBytes: content.length })
    expect(new Set(signing.signatures)).to.have.property('size', 2)
    expect(store.stored()).to.deep.equal([sha256(content)])
  })

  it('are stored when the SDK sends them through an ExpectAgent', async () => {
    const store = await startS3(installed)
    const { origin } = new URL(store.url)
    const client = s3Client(origin, agentFor({ expect: 'always' }), { credentials })
    const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: content })
    const { $metadata } = await client.send(put)
    expect($metadata.httpStatusCode).to.equal(200)
    expect(store.stored()).to.deep.equal([sha256(content)])
  })

  it('replace an existing object in spite of --skip-existing, because this store ignores the condition', async () => {
    const store = await startS3(installed)
    const [first = ''] = filesOf({ a: 'first' })
    expect((await run(['put', first, `${store.url}/a`])).status).to.equal(0)
    const [second = ''] = filesOf({ a: 'second' })
    const { status, out } = await run([
      'put',
      second,
      `${store.url}/a`,
      '--skip-existing',
      '--json',
    ])
    expect([status, JSON.parse(out).status]).to.deep.equal([0, 200])
    expect(store.stored()).to.deep.equal([sha256(Buffer.from('second'))])
  })
})
