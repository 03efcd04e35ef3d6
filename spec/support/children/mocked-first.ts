import nock from 'nock'
import { fetch, upload } from '../../../lib/index.ts'

// Loads nock, which replaces the global Response, before the first response is created.

nock('http://uploads.example').put('/file').twice().reply(201, 'mocked', { 'x-kept': 'yes' })
const url = 'http://uploads.example/file'
const { response } = await upload(url, 'content')
const fetched = await fetch(url, { method: 'PUT', body: 'content' })
for (const { status, url, headers } of [response, fetched, fetched.clone()]) {
  console.log(status, url, headers.get('x-kept'))
}
