import { expect } from 'chai'
import { upload } from '../../lib/client/upload.ts'
import { startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'
import { failureOf } from '../support/readers.ts'

/** A file whose stream yields these chunks, whatever its size. */
class Streamed extends File {
  readonly #chunks: string[]

  constructor(size: number, chunks: string[]) {
    super([new Uint8Array(size)], 'a.txt')
    this.#chunks = chunks
  }

  override stream(): ReturnType<File['stream']> {
    return ReadableStream.from(this.#chunks).pipeThrough(new TextEncoderStream())
  }
}

function formOf(file: File): FormData {
  const form = new FormData()
  form.set('file', file)
  return form
}

/** As many bytes as follow the file in a form. */
const excess = 'x'.repeat(44)

const contents: Record<string, (file: File) => Blob | FormData> = {
  'a Blob': (file) => file,
  'a form': formOf,
}

describe('a file with a custom stream', () => {
  for (const [what, content] of Object.entries(contents)) {
    it(`is uploaded: ${what}`, async () => {
      const origin = await startOrigin({ keepContent: true })
      closeLater(() => origin.close())
      const file = content(new Streamed(10, ['first', 'other']))
      await upload(origin.url, file, { dispatcher: agentFor() })
      expect(String(origin.requests[0]?.content)).to.contain('firstother')
    })

    it(`fails when it has more bytes than its size: ${what}`, async () => {
      const origin = await startOrigin()
      closeLater(() => origin.close())
      const file = content(new Streamed(10, ['first', 'other', excess]))
      const error = await failureOf(upload(origin.url, file, { dispatcher: agentFor() }))
      expect(error).to.include({ code: 'ERR_EXPECT_CONTENT_LONG' })
      expect(origin.requests.filter(({ sha256 }) => sha256 !== '')).to.deep.equal([])
    })
  }
})
