import { expect } from 'chai'
import { FormData as UndiciFormData } from 'undici'
import { fetch } from '../../lib/index.ts'
import type { OriginMode, SeenRequest } from '../../lib/testing/index.ts'
import { agentFor } from '../support/faces.ts'
import { bytes } from '../support/inputs.ts'
import { openOrigin } from '../support/open-origin.ts'

const forms: Readonly<Record<string, () => FormData>> = {
  'the platform': () => new FormData(),
  'the undici package': () => new UndiciFormData() as unknown as FormData,
}

/** Resolves with the request that the origin accepted. */
async function send(mode: OriginMode, body: FormData): Promise<SeenRequest | undefined> {
  const origin = await openOrigin({ mode, keepContent: true })
  const dispatcher = agentFor({ expect: 'always', continueTimeout: 60_000 })
  const { status } = await fetch(origin.url, { method: 'POST', body, dispatcher })
  expect(status).to.equal(201)
  return origin.requests.at(-1)
}

describe("fetch's body, when it is a form", () => {
  for (const [realm, make] of Object.entries(forms)) {
    for (const mode of ['go', 417] as const) {
      it(`of ${realm} arrives as multipart with the correct length (${mode})`, async () => {
        const form = make()
        form.append('title', 'Größe')
        form.append('file', new Blob([bytes], { type: 'video/h264' }), 'a "b".bin')
        const accepted = await send(mode, form)
        const { 'content-length': length, 'content-type': type = '' } = accepted?.headers ?? {}
        expect(accepted?.asked).to.equal(mode === 'go')
        expect(length).to.equal(String(accepted?.content.length))
        const message = new Response(accepted?.content, { headers: { 'content-type': type } })
        const fields = [...(await message.formData())]
        const [[, title], [, sent]] = fields as [[string, string], [string, File]]
        expect(fields.map(([name]) => name)).to.deep.equal(['title', 'file'])
        expect([title, sent.name, sent.type]).to.deep.equal(['Größe', 'a "b".bin', 'video/h264'])
        expect(Buffer.from(await sent.arrayBuffer())).to.deep.equal(bytes)
      })
    }
  }
})
