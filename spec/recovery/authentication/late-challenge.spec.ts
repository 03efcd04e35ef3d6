import { expect } from 'chai'
import { chunksOf } from '../../support/contents.ts'
import { content, stream, uploader, user } from '../../support/guarded.ts'
import { origin, type Script } from '../../support/origin.ts'

const challenge = 'WWW-Authenticate: Basic realm="uploads"'

/** Sends a 100, reads a part of the content and then challenges. */
const late: Script = async (wire) => {
  const head = await wire.head()
  expect(head).not.to.match(/^authorization:/im)
  wire.send('HTTP/1.1 100 Continue')
  await wire.bytes(1000)
  wire.send('HTTP/1.1 401 Unauthorized', challenge, 'Content-Length: 6')
  wire.raw('denied')
  await wire.closed()
}

/** Accepts an upload that has credentials. */
const accepts: Script = async (wire) => {
  const head = await wire.head()
  expect(head).to.match(/^authorization: Basic dXNlcjpzZWNyZXQ=\r$/im)
  wire.send('HTTP/1.1 100 Continue')
  expect(await wire.content(head)).to.deep.equal(content)
  wire.send('HTTP/1.1 201 Created', 'Content-Length: 0')
}

/** Content that pauses until `more` resolves. */
async function* held(more: Promise<void>): AsyncGenerator<Buffer> {
  const [first = content, ...rest] = chunksOf(content)
  yield first
  await more
  yield* rest
}

describe('a challenge while content is sent', () => {
  it('is answered with replayable content', async () => {
    const peer = await origin(late, accepts)
    const send = uploader({ expect: 'always', authenticate: { basic: user } })
    const never = new Promise<void>(() => {})
    let made = 0
    const { response, report } = await send(peer.url, () => {
      made += 1
      return made === 1 ? held(never) : stream()
    })
    expect(response.status).to.equal(201)
    expect(report.attempts.map(({ reason }) => reason)).to.deep.equal(['first', 'challenge'])
    expect(made).to.equal(2)
    await peer.done
  })

  it('is returned if the content cannot be sent again, and is remembered for the next upload', async () => {
    const peer = await origin(late, accepts)
    const send = uploader({ authenticate: { basic: user }, replayWindow: 0 })
    const { response, report } = await send(peer.url, held(new Promise<void>(() => {})))
    expect(response.status).to.equal(401)
    expect(await response.text()).to.equal('denied')
    expect(report.attempts).to.have.lengthOf(1)
    expect((await send(peer.url)).response.status).to.equal(201)
    await peer.done
  })

  it('does not call a function if the content cannot be sent again', async () => {
    const peer = await origin(late)
    const authenticate = (): never => {
      throw new Error('called')
    }
    const send = uploader({ authenticate, replayWindow: 0 })
    const { response } = await send(peer.url, held(new Promise<void>(() => {})))
    expect(response.status).to.equal(401)
    await peer.done
  })

  it('is answered with content from the replay window', async () => {
    const peer = await origin(late, accepts)
    let resume = (): void => {}
    const more = new Promise<void>((resolve) => {
      resume = resolve
    })
    const authenticate = async () => {
      resume()
      return { authorization: 'Basic dXNlcjpzZWNyZXQ=' }
    }
    const send = uploader({ authenticate, replayWindow: content.length })
    const { response } = await send(peer.url, held(more))
    expect(response.status).to.equal(201)
    await peer.done
  })
})
