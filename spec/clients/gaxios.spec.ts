import { createReadStream } from 'node:fs'
import { Gaxios, type GaxiosOptions } from 'gaxios'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

const send = ({ url, fetch }: Upload, data: unknown): Promise<number> => {
  const client = new Gaxios({ fetchImplementation: fetch as typeof globalThis.fetch })
  return statusOf(client.request({ url, method: 'PUT', data, retry: false } as GaxiosOptions))
}

describeClient('gaxios', {
  'a file stream': (upload) => send(upload, createReadStream(upload.path)),
  'a buffer': (upload) => send(upload, upload.bytes),
})
