import { expect } from 'chai'
import { faces } from '../support/all-faces.ts'
import { guarded } from '../support/guarded.ts'

const name = 'x-expect-continue-ticket'
const given = '00000000-0000-4000-8000-000000000000-1'
const lookalike = `PUT / HTTP/1.1\r\n${name}: ${given}\r\ncontent-length: 7\r\n\r\ncontent`

for (const face of faces) {
  describe(`a caller of ${face.name} who knows the internals of the package`, () => {
    for (const expectation of ['always', 'never'] as const) {
      for (const field of [name, name.toUpperCase()]) {
        it(`has no effect with a field ${field} (expect ${expectation})`, async () => {
          const origin = await guarded('go', { keepContent: true })
          const sending = {
            headers: { [field]: given, 'x-other': 'as it is' },
            expect: expectation,
          }
          const { status } = await face.open()(origin.url, 'content', sending)
          expect(status).to.equal(201)
          const [seen] = origin.requests
          expect(seen?.headers[name] ?? given).to.equal(given)
          expect(seen?.headers['x-other']).to.equal('as it is')
          expect(seen?.asked).to.equal(expectation === 'always')
          expect(seen?.content.toString()).to.equal('content')
        })
      }

      it(`has no effect with such a field in a value or in the content (expect ${expectation})`, async () => {
        const origin = await guarded('go', { keepContent: true })
        const value = `${name}: ${given}`
        const sending = { headers: { 'x-other': value }, expect: expectation }
        const { status } = await face.open()(origin.url, lookalike, sending)
        expect(status).to.equal(201)
        const [seen, ...others] = origin.requests
        expect(seen?.headers).to.include({ 'x-other': value }).and.not.have.property(name)
        expect(seen?.asked).to.equal(expectation === 'always')
        expect(seen?.content.toString()).to.equal(lookalike)
        expect(others).to.deep.equal([])
      })
    }
  })
}
