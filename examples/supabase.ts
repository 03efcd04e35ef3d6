// Uploads to Supabase Storage; this origin answers 417, so the request goes again, unasked.
// Usage: node examples/supabase.ts [storage URL], with SUPABASE_KEY in the environment.
import { StorageClient } from '@supabase/storage-js'
import { createFetch } from '../lib/index.ts'
import { startOrigin } from '../lib/testing/index.ts'

const [, , given] = process.argv
const { SUPABASE_KEY = 'none' } = process.env
const headers = { 'content-type': 'application/json' }
const body = JSON.stringify({ Id: '1', Key: 'videos/video.h264' })
const origin = await startOrigin({ mode: 417, response: { status: 200, headers, body } })

const fetch = createFetch() as typeof globalThis.fetch
const authorization = `Bearer ${SUPABASE_KEY}`
const storage = new StorageClient(given ?? origin.url, { authorization }, fetch)
const video = new Blob([Buffer.alloc(8 * 1024 * 1024, 'video')], { type: 'video/h264' })
const { data, error } = await storage.from('videos').upload('video.h264', video)
console.log(error === null ? `uploaded: ${data.fullPath}` : `failed: ${error.message}`)
for (const { asked, status, bytes } of origin.requests) {
  console.log(`asked: ${asked}, ${status}, took ${bytes} bytes`)
}

await origin.close()
