import { createReadStream } from 'node:fs'
import wretch from 'wretch'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

const put = ({ url, fetch }: Upload, body: unknown): Promise<number> =>
  statusOf(
    wretch(url)
      .fetchPolyfill(fetch)
      .body(body as NonNullable<RequestInit['body']>)
      .put()
      .res(),
  )

describeClient('wretch', {
  'a file stream': (upload) => put(upload, createReadStream(upload.path)),
  'a buffer': (upload) => put(upload, upload.bytes),
})
