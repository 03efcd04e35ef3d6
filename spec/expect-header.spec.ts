import { expect } from 'chai'
import { errors } from 'undici'
import { faces } from './support/all-faces.ts'
import { noise, sha256 } from './support/contents.ts'
import { origin, type Script } from './support/origin.ts'

const small = Buffer.from('abc')
const large = noise(1_200_000)

function asks(content: Buffer): Script {
  return async (wire) => {
    const head = await wire.head()
    expect(head.match(/^expect: .*$/gim)).to.eql(['expect: 100-continue'])
    wire.send('HTTP/1.1 100 Continue')
    expect(sha256(await wire.content(head))).to.equal(sha256(content))
    wire.send('HTTP/1.1 201 Created', 'content-length: 0')
  }
}

function asksNot(content: Buffer): Script {
  return async (wire) => {
    const head = await wire.head()
    expect(head).not.to.match(/^expect:/im)
    expect(sha256(await wire.content(head))).to.equal(sha256(content))
    wire.send('HTTP/1.1 201 Created', 'content-length: 0')
  }
}

const cases = [
  { fields: { expect: '100-continue' }, content: small, script: asks(small), what: 'small' },
  { fields: { Expect: '100-Continue' }, content: small, script: asks(small), what: 'small' },
  { fields: { expect: '' }, content: large, script: asksNot(large), what: 'large' },
  { fields: { Expect: ' ' }, content: large, script: asksNot(large), what: 'large' },
]

for (const face of faces) {
  describe(`a caller's Expect through ${face.name}`, () => {
    for (const { fields, content, script, what } of cases) {
      it(`is honoured with ${what} content: ${JSON.stringify(fields)}`, async () => {
        const peer = await origin(script)
        const { status } = await face.open()(peer.url, content, { headers: fields })
        expect(status).to.equal(201)
        await peer.done
      })
    }

    it('takes precedence over the option of the agent', async () => {
      const peer = await origin(asks(small))
      const send = face.open({ expect: 'never' })
      const { status } = await send(peer.url, small, { headers: { expect: '100-continue' } })
      expect(status).to.equal(201)
      await peer.done
    })

    it('is not sent without content', async () => {
      const peer = await origin(asksNot(Buffer.alloc(0)))
      const send = face.open()
      const { status } = await send(peer.url, '', { headers: { expect: '100-continue' } })
      expect(status).to.equal(201)
      await peer.done
    })

    for (const [size, content] of Object.entries({ small, large })) {
      it(`is rejected when it is any other expectation, with ${size} content`, async () => {
        const headers = { expect: 'the-impossible' }
        const peer = await origin()
        const failure = await face
          .open()(peer.url, content, { headers })
          .catch((error) => error)
        const cause = failure.cause ?? failure
        expect(cause).to.be.instanceOf(errors.NotSupportedError)
        expect(peer.connections).to.equal(0)
      })
    }
  })
}
