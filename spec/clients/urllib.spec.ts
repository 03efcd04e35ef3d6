import { createReadStream } from 'node:fs'
import { type Dispatcher, request } from 'urllib'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

function put(upload: Upload, content: object): Promise<number> {
  // Its undici is an older one, whose types know another Dispatcher.
  const dispatcher = upload.dispatcher as unknown as Dispatcher
  return statusOf(request(upload.url, { method: 'PUT', dispatcher, ...content }))
}

describeClient(
  'urllib',
  {
    'a file stream': (upload) => put(upload, { stream: createReadStream(upload.path) }),
    'a buffer': (upload) => put(upload, { content: upload.bytes }),
  },
  { handsRedirectsOver: ['a file stream'] },
)
