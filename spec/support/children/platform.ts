import { ReadableStream } from 'node:stream/web'
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { ExpectAgent, fetch as ownFetch, upload } from '../../../lib/index.ts'

/** What a child prints: which upload, and what came of it. */
export interface Printed {
  readonly path: string
  readonly status: number
  readonly text: string
}

const base = process.argv[2] ?? ''
const size = 1_200_000
const options = { memory: false, continueTimeout: 50 } as const

const bodies: Record<string, () => Uint8Array | ReadableStream> = {
  buffer: () => new Uint8Array(size).fill(0x61),
  stream: () => {
    let left = size
    return new ReadableStream({
      pull: (controller) => {
        const bytes = new Uint8Array(Math.min(left, 65_536)).fill(0x61)
        left -= bytes.length
        if (bytes.length === 0) controller.close()
        else controller.enqueue(bytes)
      },
    })
  },
}

type Body = ReturnType<NonNullable<(typeof bodies)[string]>>
type Send = (url: string, body: Body) => Promise<Response>

/** The platform's types know neither a dispatcher nor this package's init. */
function init(body: Body, extra: object): RequestInit {
  return { method: 'PUT', body, duplex: 'half', ...extra } as unknown as RequestInit
}

const agent = new ExpectAgent(options)
const sends: Record<string, Send> = {
  'global-dispatcher': async (url, body) => {
    const before = getGlobalDispatcher()
    setGlobalDispatcher(agent)
    const response = await fetch(url, init(body, {}))
    setGlobalDispatcher(before)
    return response
  },
  'init-dispatcher': async (url, body) => fetch(url, init(body, { dispatcher: agent })),
  'own-fetch': async (url, body) => ownFetch(url, { method: 'PUT', body, ...options }),
  upload: async (url, body) => (await upload(url, body, options)).response,
}

const printed: Printed[] = []
for (const [way, send] of Object.entries(sends)) {
  for (const answer of ['go', 'silent', '417', '413']) {
    for (const [kind, body] of Object.entries(bodies)) {
      const path = `/${answer}/${way}/${kind}`
      const response = await send(base + path, body())
      printed.push({ path, status: response.status, text: await response.text() })
    }
  }
}
process.stdout.write(JSON.stringify(printed))
