import { once } from 'node:events'
import { createReadStream, type ReadStream } from 'node:fs'
import OpenAI, { toFile, type Uploadable } from 'openai'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'
import { closeLater } from '../support/closing.ts'

const headers = { 'content-type': 'application/json' }
const body = JSON.stringify({ id: 'file-1', object: 'file', text: 'spoken' })

const clientFor = ({ origin, fetch }: Upload): OpenAI =>
  new OpenAI({ apiKey: 'none', baseURL: origin, maxRetries: 0, fetch })

const create = (upload: Upload, file: Uploadable): Promise<number> =>
  statusOf(clientFor(upload).files.create({ file, purpose: 'assistants' }).withResponse())

/** After a refusal before the stream was read, the client leaves it open. */
async function fileStream(path: string): Promise<ReadStream> {
  const stream = createReadStream(path)
  closeLater(() => stream.destroy())
  await once(stream, 'open')
  return stream
}

describeClient(
  'openai',
  {
    'a file stream': async (upload) => create(upload, await fileStream(upload.path)),
    'a file': async (upload) => create(upload, await toFile(upload.bytes, 'a.bin')),
    'audio to transcribe': async (upload) => {
      const options = { file: await fileStream(upload.path), model: 'whisper-1' }
      return statusOf(clientFor(upload).audio.transcriptions.create(options).withResponse())
    },
  },
  { field: 'file', response: { status: 200, headers, body } },
)
