import { expect } from 'chai'
import { FormData as UndiciFormData } from 'undici'
import { upload } from '../../lib/client/upload.ts'
import { agentFor } from '../support/faces.ts'
import { guarded } from '../support/guarded.ts'

const realms: Readonly<Record<string, () => FormData>> = {
  'the platform': () => new FormData(),
  'the undici package': () => new UndiciFormData() as unknown as FormData,
}

const texts = [
  'a\r\nevil: 1',
  'a\nevil: 1',
  'a\revil: 1',
  'a"; filename="evil',
  'a\r\n\r\nevil\r\n--boundary--',
  'a\\"; evil="1',
]

/** The header lines of the parts of a form. */
function headLines(content: string, boundary: string): string[] {
  const parts = content.split(`--${boundary}`).slice(1, -1)
  return parts.flatMap((part) => part.slice(2, part.indexOf('\r\n\r\n')).split(/[\r\n]+/))
}

async function sent(form: FormData): Promise<{ lines: string[]; parts: number }> {
  const origin = await guarded('go', { keepContent: true })
  await upload(origin.url, form, { method: 'POST', dispatcher: agentFor() })
  const [seen] = origin.requests
  const boundary = /boundary=(.*)/.exec(seen?.headers['content-type'] ?? '')?.[1] ?? ''
  const content = seen?.content.toString() ?? ''
  return { lines: headLines(content, boundary), parts: content.split(boundary).length - 2 }
}

describe('a form', () => {
  for (const [realm, make] of Object.entries(realms)) {
    for (const text of texts) {
      it(`of ${realm} escapes a name and a file name: ${JSON.stringify(text)}`, async () => {
        const form = make()
        form.append(text, 'value')
        form.append('file', new File(['content'], text, { type: 'text/plain' }))
        const { lines, parts } = await sent(form)
        const escaped = text.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22')
        expect(parts).to.equal(2)
        expect(lines.filter((line) => line.startsWith('Content-Disposition'))).to.deep.equal([
          `Content-Disposition: form-data; name="${escaped}"`,
          `Content-Disposition: form-data; name="file"; filename="${escaped}"`,
        ])
        expect(lines.filter((line) => !/^Content-(Disposition|Type|Length): /.test(line))).to.eql(
          [],
        )
      })
    }

    it(`of ${realm} removes line breaks in a media type`, async () => {
      const form = make()
      form.append('file', new File(['content'], 'a', { type: 'text/plain\r\nevil: 1' }))
      const { lines } = await sent(form)
      expect(lines.filter((line) => line.startsWith('evil'))).to.deep.equal([])
    })
  }
})
