import { createReadStream } from 'node:fs'
import axios from 'axios'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

/** Without a Request of its own, axios hands fetch the URL and the body as they are. */
const plain = ({ fetch }: Upload) => ({ fetch, Request: null, Response: null })

const put = (upload: Upload, data: unknown, env: object): Promise<number> =>
  statusOf(axios.put(upload.url, data, { adapter: 'fetch', env }))

describeClient('axios with its fetch adapter', {
  'a file stream': (upload) => put(upload, createReadStream(upload.path), plain(upload)),
  'a buffer': (upload) => put(upload, upload.bytes, plain(upload)),
  'a file stream in a Request': (upload) =>
    put(upload, createReadStream(upload.path), { fetch: upload.fetch }),
  'a buffer in a Request': (upload) => put(upload, upload.bytes, { fetch: upload.fetch }),
})
