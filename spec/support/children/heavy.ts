import { request } from 'undici'
import { ExpectAgent, fetch, upload } from '../../../lib/index.ts'

/** What a child prints of its upload. */
export interface Weighed {
  readonly text: string
  /** The most memory that buffers took while content was sent, in bytes. */
  readonly peak: number
}

const [url = '', face = '', size = '0', chunkSize = '0'] = process.argv.slice(2)
let peak = 0

function weigh(): void {
  peak = Math.max(peak, process.memoryUsage().arrayBuffers)
}

// What nobody holds any more is no part of what is weighed, however late it is collected.
const collectEvery = 16_777_216

/** Each chunk is memory of its own, so that one that is kept is seen. */
async function* generate(): AsyncGenerator<Buffer> {
  const length = Number(chunkSize)
  for (let left = Number(size); left > 0; left -= length) {
    weigh()
    yield Buffer.alloc(Math.min(left, length), 'a')
    weigh()
    if (left % collectEvery === 0) globalThis.gc?.()
  }
}

const faces: Record<string, () => Promise<string>> = {
  upload: async () => (await upload(url, generate())).response.text(),
  fetch: async () => (await fetch(url, { method: 'PUT', body: generate() })).text(),
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
