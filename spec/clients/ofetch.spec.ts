import { createReadStream } from 'node:fs'
import { $fetch, createFetch, type FetchOptions } from 'ofetch'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

const own = ({ fetch }: Upload) => createFetch({ fetch: fetch as typeof globalThis.fetch })
const put = (body: unknown): FetchOptions<'json'> => ({
  method: 'PUT',
  body: body as NonNullable<RequestInit['body']>,
  retry: 0,
})

describeClient('ofetch', {
  'a file stream': (upload) =>
    statusOf(own(upload).raw(upload.url, put(createReadStream(upload.path)))),
  'a buffer': (upload) => statusOf(own(upload).raw(upload.url, put(upload.bytes))),
  'a buffer and $fetch.create': (upload) => {
    const fetch = upload.fetch as typeof globalThis.fetch
    return statusOf($fetch.create({}, { fetch }).raw(upload.url, put(upload.bytes)))
  },
})
