import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request } from '@octokit/request'
import { describeClient, statusOf, type Upload } from '../support/clients-runner.ts'

const uploadAsset = 'POST /repos/{owner}/{repo}/releases/{release_id}/assets{?name,label}'
const headers = { 'content-type': 'application/json' }

const send = ({ origin, fetch }: Upload, data: unknown, length: number): Promise<number> =>
  statusOf(
    request(uploadAsset, {
      baseUrl: origin,
      owner: 'octocat',
      repo: 'hello',
      release_id: 1,
      name: 'a.bin',
      headers: { 'content-type': 'application/octet-stream', 'content-length': length },
      data: data as string,
      request: { fetch },
    }),
  )

describeClient(
  '@octokit/request',
  {
    'a file stream': async (upload) => {
      const { size } = await stat(upload.path)
      return send(upload, createReadStream(upload.path), size)
    },
    'a buffer': (upload) => send(upload, upload.bytes, upload.bytes.length),
  },
  { response: { status: 200, headers, body: JSON.stringify({ id: 1 }) } },
)
