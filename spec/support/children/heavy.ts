import { createReadStream } from 'node:fs'
import { request } from 'undici'
import { ExpectAgent, fetch, upload } from '../../../lib/index.ts'

/** What the child prints. */
export interface Weighed {
  readonly text: string
  /** The highest memory of buffers while content was sent, in bytes. */
  readonly peak: number
}

const [url = '', face = '', size = '0', chunkSize = '0', path = ''] = process.argv.slice(2)
let peak = 0
let collected = 0

// Collects garbage after this many bytes, so that unreachable memory is not measured.
const collectEvery = 16_777_216

function weigh(bytes: number): void {
  peak = Math.max(peak, process.memoryUsage().arrayBuffers)
  if (bytes - collected < collectEvery) return
  collected = bytes
  globalThis.gc?.()
}

/** Each chunk has its own memory, so that a chunk that is kept shows in the measurement. */
async function* generate(): AsyncGenerator<Buffer> {
  const [total, length] = [Number(size), Number(chunkSize)]
  for (let sent = 0; sent < total; sent += length) {
    weigh(sent)
    yield Buffer.alloc(Math.min(total - sent, length), 'a')
    weigh(sent)
  }
}

const faces: Record<string, () => Promise<string>> = {
  upload: async () => (await upload(url, generate())).response.text(),
  fetch: async () => (await fetch(url, { method: 'PUT', body: generate() })).text(),
  'fetch, from a file stream': async () => {
    const body = createReadStream(path)
    const onProgress = ({ sent }: { sent: number }): void => weigh(sent)
    return (await fetch(url, { method: 'PUT', body, onProgress })).text()
  },
  request: async () => {
    const dispatcher = new ExpectAgent()
    const body = generate() as unknown as Buffer
    const { body: content } = await request(url, { method: 'PUT', body, dispatcher })
    return content.text()
  },
}

const text = (await faces[face]?.()) ?? ''
const weighed: Weighed = { text, peak }
process.stdout.write(JSON.stringify(weighed))
