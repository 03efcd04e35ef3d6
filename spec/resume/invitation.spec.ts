import { Readable } from 'node:stream'
import { expect } from 'chai'
import { Agent, type Dispatcher, request } from 'undici'
import { createFetch } from '../../lib/client/bound.ts'
import { fetch } from '../../lib/client/fetch.ts'
import { type UploadOptions, upload } from '../../lib/client/upload.ts'
import { ExpectAgent, expectContinue, gatedPool } from '../../lib/index.ts'
import { closeLater } from '../support/closing.ts'
import { agentFor } from '../support/faces.ts'
import { origin } from '../support/origin.ts'
import {
  attemptTexts,
  content,
  digest,
  faults,
  plainHttp,
  sent,
  withoutDelay,
} from '../support/resumable.ts'
import { Touches } from '../support/touches.ts'
import { WatchedReadable } from '../support/watched-streams.ts'

const invitation = /^upload-(?:complete|length|draft-interop-version): .*\r\n/gim

/** The bytes that an origin gets from one upload. */
async function wireOf(options: UploadOptions, input: string | Readable = 'abc'): Promise<string> {
  let head = ''
  const peer = await origin(async (wire) => {
    head = await wire.head()
    if (/^expect:/im.test(head)) wire.send('HTTP/1.1 100 Continue')
    head += await wire.content(head)
    wire.send('HTTP/1.1 201 Created', 'Content-Length: 0')
  })
  await upload(peer.url, input, { dispatcher: agentFor(), continueTimeout: 60_000, ...options })
  await peer.done
  return head.replace(/^host: .*\r\n/im, '')
}

/** undici's own Agent, with gates. */
function bareAgent(): Agent {
  const agent = new Agent({ factory: gatedPool })
  closeLater(() => agent.destroy())
  return agent
}

describe('the header fields that announce a resumable upload', () => {
  it('are not sent by default', async () => {
    expect(await wireOf({})).to.not.match(invitation)
    expect(await wireOf({ resume: false })).to.not.match(invitation)
  })

  it('declare that the content is complete, its length and the version', async () => {
    expect((await wireOf({ resume: true })).match(invitation)).to.deep.equal([
      'upload-complete: ?1\r\n',
      'upload-draft-interop-version: 8\r\n',
      'upload-length: 3\r\n',
    ])
  })

  it('declare no unknown length', async () => {
    const head = await wireOf({ resume: true }, Readable.from(['abc']))
    expect(head.match(invitation)).to.deep.equal([
      'upload-complete: ?1\r\n',
      'upload-draft-interop-version: 8\r\n',
    ])
  })

  it('declare the given version', async () => {
    expect(await wireOf({ resume: { version: 6 } })).to.include('upload-draft-interop-version: 6')
  })

  it('are the only difference for an origin without support', async () => {
    for (const options of [{}, { method: 'POST' }, { expect: 'always' }] as const) {
      for (const make of [() => 'abc', () => Readable.from(['a', 'bc'])]) {
        const without = await wireOf(options, make())
        const invited = await wireOf({ ...options, resume: true }, make())
        expect(invited.replace(invitation, '')).to.equal(without)
      }
    }
  })

  it('are not sent with empty content', async () => {
    expect(await wireOf({ resume: true }, '')).to.not.match(invitation)
  })

  for (const headers of [
    { 'Upload-Complete': '?0' },
    { 'Upload-Offset': '5' },
    { 'Tus-Resumable': '1.0.0' },
  ]) {
    const [name] = Object.keys(headers)
    it(`are not added when the caller sends ${name}`, async () => {
      const composed = bareAgent().compose(expectContinue())
      for (const dispatcher of [agentFor(), composed]) {
        const head = await wireOf({ resume: true, headers, dispatcher })
        expect(head).to.not.match(/upload-draft-interop-version/i)
        expect(head.match(/^(?:upload|tus)-.*$/gim)).to.have.length(1)
      }
    })
  }

  it('are not sent with a body that an interceptor puts in the place of the content', async () => {
    const hex: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
      const body = Readable.from(['616263'])
      return dispatch({ ...options, body }, handler)
    }
    const agent = new ExpectAgent({ factory: (...args) => gatedPool(...args).compose(hex) })
    closeLater(() => agent.destroy())
    expect(await wireOf({ resume: true, dispatcher: agent })).to.not.match(invitation)
  })
})

describe('a 104 before the content', () => {
  it('does not start the content like a 100', async () => {
    const touches = new Touches()
    const peer = await origin(async (wire) => {
      await wire.head()
      wire.send(
        'HTTP/1.1 104 Upload Resumption Supported',
        'Location: /uploads/1',
        'Upload-Draft-Interop-Version: 8',
      )
      wire.send('HTTP/1.1 413 Content Too Large', 'Content-Length: 0')
    })
    const { response } = await sent(
      { url: peer.url, agent: agentFor() },
      {},
      new WatchedReadable(content, touches),
    )
    expect(response.status).to.equal(413)
    expect(touches.all).to.deep.equal([])
  })
})

describe('a 104 in one packet with a final response', () => {
  it('does not change the response, even if it is invalid', async () => {
    const peer = await origin(async (wire) => {
      await wire.head()
      const interim = 'HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /uploads/1\r\n'
      const version = 'Upload-Draft-Interop-Version: 8\r\nUpload-Limit: max-size=5\r\n\r\n'
      wire.socket.write(
        `${interim}${version}HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno`,
      )
    })
    const { response } = await sent({ url: peer.url, agent: agentFor() })
    expect(response.status).to.equal(413)
    expect(await response.text()).to.equal('no')
    await peer.done
  })
})

describe('an interceptor that drops interim responses', () => {
  it('prevents a resumption, but not the upload', async () => {
    const withoutInterim: Dispatcher.DispatcherComposeInterceptor =
      (dispatch) => (options, handler) =>
        dispatch(options, {
          ...forwarding(handler),
          onResponseStart: (controller, status, headers, message) => {
            if (status < 200) return
            handler.onResponseStart?.(controller, status, headers, message)
          },
        })
    const peer = await plainHttp.open()
    const agent = new ExpectAgent({
      factory: (...args) => gatedPool(...args).compose(withoutInterim),
    })
    closeLater(() => agent.destroy())
    const { response, report } = await sent({ url: peer.url, agent })
    expect(response.status).to.equal(201)
    expect(report).to.not.have.property('acknowledged')
    expect(peer.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })
})

function forwarding(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  }
}

describe('the resume option', () => {
  const fault = faults({ after: 1_000_000, with: 'reset' } as const)

  it('is accepted by an agent, also for undici’s request', async () => {
    const origin = await plainHttp.open({ fault }, { resume: withoutDelay })
    const { statusCode, body } = await request(origin.url, {
      method: 'PUT',
      body: content,
      dispatcher: origin.agent,
    })
    await body.dump()
    expect(statusCode).to.equal(201)
    expect(origin.uploads).to.have.length(1)
    expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
  })

  it('is accepted by fetch and createFetch', async () => {
    for (const own of [fetch, createFetch({ resume: withoutDelay })]) {
      const origin = await plainHttp.open({ fault })
      const init = { method: 'PUT', body: content, dispatcher: origin.agent, resume: withoutDelay }
      expect((await own(origin.url, init)).status).to.equal(201)
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    }
  })

  it('works with another dispatcher with gates, whichever interceptor sends the expectation', async () => {
    for (const compose of [true, false]) {
      const origin = await plainHttp.open({ fault })
      const agent = agentFor({ expect: 'never' })
      const bare = bareAgent()
      const dispatcher = compose ? bare.compose(expectContinue()) : bare
      const { response, report } = await sent({ url: origin.url, agent }, { dispatcher })
      expect(response.status).to.equal(201)
      expect(attemptTexts(report)).to.deep.equal([
        'first PUT broke',
        'locate HEAD 204',
        'resume PATCH 201 from 1000000',
      ])
      expect(origin.uploads).to.have.length(1)
      expect(origin.uploads[0]).to.include({ state: 'complete', sha256: digest })
    }
  })

  it('accepts the token of an upload only in a call', () => {
    const resume = { location: 'http://uploads.example/1', offset: 0, length: null, version: 8 }
    expect(() => new ExpectAgent({ resume })).to.throw(TypeError, "'resume' is the token")
    expect(() => expectContinue({ resume })).to.throw(TypeError, "'resume' is the token")
    expect(() => createFetch({ resume })).to.throw(TypeError, "'resume' is the token")
  })
})
