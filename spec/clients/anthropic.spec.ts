import { createReadStream } from 'node:fs'
import Anthropic, { toFile } from '@anthropic-ai/sdk'
import type { Uploadable } from '@anthropic-ai/sdk/uploads'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

const headers = { 'content-type': 'application/json' }
const body = JSON.stringify({ id: 'file_1', type: 'file' })

function create({ origin, fetch }: Upload, file: Uploadable): Promise<number> {
  const client = new Anthropic({ apiKey: 'none', baseURL: origin, maxRetries: 0, fetch })
  return statusOf(client.beta.files.upload({ file }).withResponse())
}

describeClient(
  '@anthropic-ai/sdk',
  {
    'a file stream': (upload) => create(upload, createReadStream(upload.path)),
    'a file': async (upload) => create(upload, await toFile(upload.bytes, 'a.bin')),
  },
  { field: 'file', response: { status: 200, headers, body } },
)
