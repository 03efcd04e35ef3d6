import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  type ContentInput,
  ExpectAgent,
  fromFile,
  type UploadOptions,
  upload,
} from '../lib/index.ts'
import { type OriginMode, startOrigin } from '../lib/testing/index.ts'
import type { ClientChoice, ContentChoice, OriginChoice, Recording } from './exchange/recording.ts'
import { startWireLog } from './exchange/wire-log.ts'

const size = 16 * 1024 * 1024
/** Milliseconds before each answer of the server, like a distant one. */
const delay = 40

/** What the server does with the first request; it accepts later ones. */
const origins: Readonly<Record<OriginChoice, OriginMode>> = {
  go: 'go',
  '413': 413,
  '417': 417,
  '401': { status: 401, headers: { 'www-authenticate': 'Basic realm="videos"' } },
  '307': { status: 307, headers: { location: '/videos/2' } },
  '503': { status: 503, headers: { 'retry-after': '1' } },
  silent: 'silent',
}

const clients: Readonly<Record<ClientChoice, UploadOptions>> = {
  default: {},
  'short-wait': { continueTimeout: 300 },
  never: { expect: 'never' },
}

/** Records every upload on the page about the exchange. */
async function main(path: string): Promise<void> {
  writeFileSync(path, Buffer.alloc(size, 'x'))
  const contents: Record<ContentChoice, () => ContentInput> = {
    file: () => fromFile(path),
    stream: () => Readable.from(createReadStream(path)),
  }
  // The first uploads of a process are slow, because Node compiles the code.
  for (let round = 0; round < 5; round += 1) await record('go', 'default', contents.file())
  const recordings: string[] = []
  for (const origin of Object.keys(origins) as OriginChoice[]) {
    for (const client of Object.keys(clients) as ClientChoice[]) {
      for (const content of Object.keys(contents) as ContentChoice[]) {
        const made = await record(origin, client, contents[content]())
        const recording: Recording = { origin, client, content, size, ...made }
        recordings.push(JSON.stringify(recording))
        console.log(`${origin} ${client} ${content}: ${recording.report.outcome}`)
      }
    }
  }
  const file = new URL('exchange/recordings.json', import.meta.url)
  writeFileSync(file, `[\n${recordings.join(',\n')}\n]\n`)
}

async function record(
  origin: OriginChoice,
  client: ClientChoice,
  content: ContentInput,
): Promise<Pick<Recording, 'report' | 'wire'>> {
  let requests = 0
  const mode = (): OriginMode => {
    requests += 1
    return requests === 1 || origin === 'silent' ? origins[origin] : 'go'
  }
  const server = await startOrigin({ mode, delay })
  const wire = await startWireLog(Number(new URL(server.url).port))
  const dispatcher = new ExpectAgent({ memory: false })
  try {
    const { response, report } = await upload(`${wire.url}/videos/1`, content, {
      dispatcher,
      retry: 1,
      authenticate: { basic: { username: 'me', password: 'secret' } },
      ...clients[client],
    })
    await response.arrayBuffer()
    const made = JSON.stringify({ report, wire: wire.lines() })
    return JSON.parse(made.replaceAll(new URL(wire.url).host, 'uploads.example'))
  } finally {
    await dispatcher.destroy()
    await wire.close()
    await server.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'expect-continue-'))
try {
  await main(join(folder, 'video.h264'))
} finally {
  rmSync(folder, { recursive: true })
}
