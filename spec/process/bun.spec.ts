import { globSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { expect } from 'chai'
import { buildConnector } from 'undici'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { agentFor } from '../support/faces.ts'

interface Piece {
  readonly chunk: Uint8Array
}

const thrown: unknown[] = []

/** Writes several pieces as Bun's sockets do: joined, with the method that writes one. */
function writeLikeBun(this: Socket, pieces: Piece[], callback: (error?: Error | null) => void) {
  const chunk = Buffer.concat(pieces.map((piece) => piece.chunk))
  try {
    this._write(chunk, 'buffer' as BufferEncoding, callback)
  } catch (error) {
    thrown.push(error)
  }
}

/** A form as Bun has it: its files are Blobs, with a name where one was given. */
function formLikeBun(): FormData {
  const named = Object.assign(new Blob(['one'], { type: 'a/b' }), { name: 'name.bin' })
  const values = [
    ['text', 'hello'],
    ['file', named],
    ['blob', new Blob(['two'])],
  ]
  return Object.assign(new FormData(), { entries: () => values.values() } as object)
}

describe('on Bun', () => {
  // Bun has a built-in module of that name, which lacks what this package needs.
  it('undici is imported by a name that resolves to the package', () => {
    const values = /^import (?!type\b)(?:\{[^}]*\}|[^'{}\n]*) from 'undici'$/m
    const files = globSync('lib/**/*.ts')
    expect(files).to.have.length.above(100)
    expect(files.filter((file) => values.test(readFileSync(file, 'utf8')))).to.deep.equal([])
  })

  for (const mode of ['go', 'silent', 417] as const) {
    it(`content is written in several pieces: ${mode}`, async () => {
      const origin = await startOrigin({ mode })
      closeLater(() => origin.close())
      const plain = buildConnector({})
      const dispatcher = agentFor({
        continueTimeout: 100,
        connect: (target, callback) =>
          plain(target, (...result) => {
            const [, socket] = result
            if (socket !== null && socket !== undefined) socket._writev = writeLikeBun as never
            callback(...result)
          }),
      })
      const content = noise(4000)
      const { response } = await upload(
        origin.url,
        async function* () {
          yield* chunksOf(content)
        },
        { dispatcher },
      )
      expect(response.status).to.equal(201)
      expect(thrown).to.deep.equal([])
      expect(origin.requests.at(-1)?.sha256).to.equal(sha256(content))
    })
  }

  it('the files of a form arrive', async () => {
    const origin = await startOrigin({ keepContent: true })
    closeLater(() => origin.close())
    await fetch(origin.url, { method: 'POST', body: formLikeBun() })
    const { headers, content } = origin.requests[0] ?? { headers: {} }
    expect(headers['content-length']).to.equal(String(content?.length))
    const type = String(headers['content-type'])
    const form = await new Response(content, { headers: { 'content-type': type } }).formData()
    const [file, blob] = [form.get('file'), form.get('blob')] as File[]
    expect([file?.name, file?.type, await file?.text()]).to.eql(['name.bin', 'a/b', 'one'])
    expect([form.get('text'), blob?.name, await blob?.text()]).to.eql(['hello', 'blob', 'two'])
  })
})
