import { createReadStream } from 'node:fs'
import OpenAI, { toFile, type Uploadable } from 'openai'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

const headers = { 'content-type': 'application/json' }
const body = JSON.stringify({ id: 'file-1', object: 'file', text: 'spoken' })

const clientFor = ({ origin, fetch }: Upload): OpenAI =>
  new OpenAI({ apiKey: 'none', baseURL: origin, maxRetries: 0, fetch })

const create = (upload: Upload, file: Uploadable): Promise<number> =>
  statusOf(clientFor(upload).files.create({ file, purpose: 'assistants' }).withResponse())

describeClient(
  'openai',
  {
    'a file stream': (upload) => create(upload, createReadStream(upload.path)),
    'a file': async (upload) => create(upload, await toFile(upload.bytes, 'a.bin')),
    'audio to transcribe': (upload) => {
      const options = { file: createReadStream(upload.path), model: 'whisper-1' }
      return statusOf(clientFor(upload).audio.transcriptions.create(options).withResponse())
    },
  },
  { field: 'file', response: { status: 200, headers, body } },
)
