import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'chai'
import { Agent } from 'undici'
import {
  type Content,
  ExpectAgent,
  expectContinue,
  fromFile,
  gatedPool,
  upload,
} from '../../lib/index.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { temporaryFile } from '../support/files.ts'
import { protocols, tlsFront } from '../support/tls-front.ts'
import { turns } from '../support/turns.ts'

const bytes = noise(24 * 1_048_576)
const chunkSize = 524_288

function file(): Content {
  const path = temporaryFile()
  writeFileSync(path, bytes)
  return fromFile(path, { chunkSize })
}

/** Reads so slowly that the buffers of the connection are always full. */
async function slowly(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
    if (chunks.length % 16 === 0) await turns(20)
  }
  response.end(sha256(Buffer.concat(chunks)))
}

describe('the upload of a file with reused buffers', () => {
  for (const [name, offered] of Object.entries(protocols)) {
    if (name === 'both') continue
    for (const expectation of ['always', 'never'] as const) {
      it(`arrives unchanged, over TLS, ${name}, expect: ${expectation}`, async () => {
        const served: Promise<void>[] = []
        const front = await tlsFront(offered, (request, response, asked) => {
          if (asked) response.writeContinue()
          served.push(slowly(request, response))
        })
        const dispatcher = new ExpectAgent({ allowH2: true, connect: { ca: front.ca } })
        closeLater(() => dispatcher.destroy())
        const { response } = await upload(front.url, file(), { dispatcher, expect: expectation })
        expect(await response.text()).to.equal(sha256(bytes))
        await Promise.all(served)
      })
    }
  }

  for (const mode of ['go', 417] as const) {
    it(`arrives unchanged, over TCP, with origin mode ${mode}`, async () => {
      const origin = await startOrigin({ mode: ({ asked }) => (asked ? mode : 'go') })
      closeLater(() => origin.close())
      const dispatcher = new ExpectAgent()
      closeLater(() => dispatcher.destroy())
      await upload(origin.url, file(), { dispatcher })
      expect(origin.requests.at(-1)?.sha256).to.equal(sha256(bytes))
    })
  }

  it("does not overwrite chunks that a handler's onBodySent got", async () => {
    const origin = await startOrigin()
    closeLater(() => origin.close())
    const agent = new Agent({ factory: gatedPool }).compose(expectContinue())
    closeLater(() => agent.destroy())
    const chunks: Buffer[] = []
    await new Promise<void>((resolve, reject) => {
      agent.dispatch(
        {
          origin: origin.url,
          path: '/',
          method: 'PUT',
          body: file() as unknown as Buffer,
        },
        {
          onRequestStart: () => {},
          onBodySent: (chunk: Buffer) => chunks.push(chunk),
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
    expect(sha256(Buffer.concat(chunks))).to.equal(sha256(bytes))
  })
})
