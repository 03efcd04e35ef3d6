import { expect } from 'chai'
import { fetch } from '../../lib/client/fetch.ts'
import { upload } from '../../lib/client/upload.ts'
import { agentFor } from '../support/faces.ts'
import { origin } from '../support/origin.ts'
import { tlsFront } from '../support/tls-front.ts'

const hinted = () =>
  origin(async (wire) => {
    await wire.head()
    wire.send('HTTP/1.1 103 Early Hints', 'Link: </a>; rel=preload', 'Link: </b>', 'X-One: 1')
    wire.send('HTTP/1.1 100 Continue', 'X-Two: 2')
    wire.send('HTTP/1.1 104 Upload Resumption Supported', 'Upload-Offset: 5')
    await wire.until('hello')
    wire.send('HTTP/1.1 201 Created', 'Content-Length: 0')
  })

describe('onInterim', () => {
  for (const face of ['upload', 'fetch']) {
    it(`gets each interim response except 100, through ${face}`, async () => {
      const peer = await hinted()
      const received: unknown[] = []
      const options = {
        expect: 'always' as const,
        dispatcher: agentFor(),
        onInterim: ({ status, headers }: { status: number; headers: Headers }) =>
          received.push([status, headers.get('link'), headers.get('upload-offset')]),
      }
      if (face === 'upload') await upload(peer.url, 'hello', options)
      else await fetch(peer.url, { method: 'PUT', body: 'hello', ...options })
      expect(received).to.deep.equal([
        [103, '</a>; rel=preload, </b>', null],
        [104, null, '5'],
      ])
      await peer.done
    })
  }

  it('does not get a 100 over HTTP/2', async () => {
    const front = await tlsFront(['h2'], (request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' })
      response.writeContinue()
      request.resume().on('end', () => response.writeHead(201).end())
    })
    const received: number[] = []
    await upload(front.url, 'hello', {
      expect: 'always',
      dispatcher: agentFor({ connect: { ca: front.ca } }),
      onInterim: ({ status }) => received.push(status),
    })
    expect(received).to.deep.equal([103])
  })

  it('fails the upload when it throws', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send('HTTP/1.1 103 Early Hints', 'Link: </a>')
      await wire.closed()
    })
    const thrown = new Error('the callback is broken')
    const failure = await upload(peer.url, 'hello', {
      expect: 'always',
      dispatcher: agentFor(),
      onInterim: () => {
        throw thrown
      },
    }).catch((error) => error)
    expect(failure).to.equal(thrown)
    await peer.done
  })

  it('must be a function', async () => {
    const failure = await upload('http://127.0.0.1:1', 'x', { onInterim: 'log' as never }).catch(
      (error) => error,
    )
    expect(failure).to.be.instanceOf(TypeError).with.property('message').that.includes('onInterim')
  })
})
