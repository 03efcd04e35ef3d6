import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import ky from 'ky'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

const put = ({ url, fetch }: Upload, body: NonNullable<RequestInit['body']>): Promise<number> =>
  statusOf(ky.put(url, { fetch, body, retry: 0 }))

describeClient('ky', {
  'a file stream': (upload) =>
    put(upload, Readable.toWeb(createReadStream(upload.path)) as ReadableStream),
  'a buffer': (upload) => put(upload, upload.bytes),
})
