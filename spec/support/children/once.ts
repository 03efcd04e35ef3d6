import { request } from 'undici'
import { ExpectAgent, fetch, upload } from '../../../lib/index.ts'

// Uploads once with the defaults, prints the result, and has nothing more to do.
const [url = '', face = ''] = process.argv.slice(2)
const body = Buffer.alloc(1_200_000, 'a')

const faces: Record<string, () => Promise<string>> = {
  upload: async () => (await upload(url, body)).response.text(),
  fetch: async () => (await fetch(url, { method: 'PUT', body })).text(),
  request: async () => {
    const dispatcher = new ExpectAgent()
    const { body: content } = await request(url, { method: 'PUT', body, dispatcher })
    return content.text()
  },
}

process.send?.({ read: await faces[face]?.() })
