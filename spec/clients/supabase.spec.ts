import { createReadStream, openAsBlob } from 'node:fs'
import { StorageClient } from '@supabase/storage-js'
import { describeClient, type Upload } from '../support/clients-runner.ts'

const headers = { 'content-type': 'application/json' }
const response = { status: 200, headers, body: JSON.stringify({ Id: '1', Key: 'bucket/a.bin' }) }

type Body = Parameters<ReturnType<StorageClient['from']>['upload']>[1]

async function send({ origin, fetch }: Upload, body: Body): Promise<number> {
  const client = new StorageClient(origin, {}, fetch as typeof globalThis.fetch)
  const { data, error } = await client.from('bucket').upload('a.bin', body)
  if (data !== null) return 200
  if ('status' in error) return Number(error.status)
  throw error
}

describeClient(
  '@supabase/storage-js',
  {
    'a file stream': (upload) => send(upload, createReadStream(upload.path)),
    'a buffer': (upload) => send(upload, upload.bytes),
  },
  { response },
)

describeClient(
  '@supabase/storage-js',
  {
    'a file': (upload) => send(upload, new File([upload.bytes], 'a.bin')),
    'a blob of a file': async (upload) => send(upload, await openAsBlob(upload.path)),
  },
  { response, field: '' },
)
