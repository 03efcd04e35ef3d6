import { createServer, type ServerResponse } from 'node:http'
import { expect } from 'chai'
import { request } from 'undici'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import { noise } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'
import { listening } from '../support/listening.ts'
import { turns } from '../support/turns.ts'

const size = 128 * 1_048_576
/** The limit of what the buffers of the system and of the streams hold together. */
const bound = 32 * 1_048_576
const chunk = noise(65_536)

/** An origin with a large response. */
interface LargeResponseOrigin {
  readonly url: string
  /** Bytes that the system has accepted, once it has accepted no more for many turns. */
  settled(): Promise<number>
}

async function largeResponseOrigin(): Promise<LargeResponseOrigin> {
  let response: ServerResponse | null = null
  let written = 0
  const server = createServer((request, answer) => {
    response = answer
    request.resume().on('end', () => {
      answer.writeHead(200, { 'content-length': size })
      const talk = (): void => {
        while (written < size) {
          written += chunk.length
          if (!answer.write(chunk)) return
        }
        answer.end()
      }
      answer.on('drain', talk)
      talk()
    })
  })
  const port = await listening(server)
  const settled = async (): Promise<number> => {
    let before = -1
    for (let round = 0; round < 500; round++) {
      if (before !== written) round = 0
      before = written
      await turns()
    }
    return written - (response?.writableLength ?? 0)
  }
  return { url: `http://127.0.0.1:${port}/`, settled }
}

/** The content of a response, which is read piece by piece. */
type Contents = AsyncIterable<Uint8Array> & { cancel?(): Promise<void>; destroy?(): unknown }

const dispatcher = () => agentFor({ expect: 'always', continueTimeout: 0 })
const faces: Record<string, (url: string) => Promise<Contents>> = {
  upload: async (url) => {
    const { response } = await upload(url, 'content', { dispatcher: dispatcher() })
    return response.body as unknown as Contents
  },
  fetch: async (url) => {
    const init = { method: 'PUT', body: 'content', dispatcher: dispatcher() }
    return (await fetch(url, init)).body as unknown as Contents
  },
  request: async (url) => {
    const init = { method: 'PUT', body: 'content', dispatcher: dispatcher() } as const
    return (await request(url, init)).body as unknown as Contents
  },
}

for (const [face, send] of Object.entries(faces)) {
  describe(`the response to ${face}`, () => {
    it('is not sent by the origin while its caller does not read it', async () => {
      const origin = await largeResponseOrigin()
      const contents = await send(origin.url)
      expect(await origin.settled()).to.be.within(chunk.length, bound)
      await (contents.cancel?.() ?? contents.destroy?.())
    })

    it('arrives complete, as fast as its caller reads', async function () {
      this.timeout(30_000)
      const origin = await largeResponseOrigin()
      let read = 0
      let max = 0
      let stops = 0
      for await (const piece of await send(origin.url)) {
        read += piece.length
        if (read < (stops * size) / 8) continue
        stops += 1
        max = Math.max(max, (await origin.settled()) - read)
      }
      expect(read).to.equal(size)
      expect(max).to.be.below(bound)
    })
  })
}
