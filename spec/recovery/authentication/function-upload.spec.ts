import { expect } from 'chai'
import { request } from 'undici'
import { agentFor } from '../../support/faces.ts'
import {
  authorizations,
  completeCount,
  guarded,
  statuses,
  stream,
  uploader,
} from '../../support/guarded.ts'
import { answering, bearer, TokenGuard } from '../../support/token-guard.ts'

describe('an upload with a function for credentials', () => {
  it('sends the returned fields instead of earlier ones', async () => {
    const origin = await guarded(new TokenGuard().mode)
    const { authenticate, calls } = answering({ ...bearer('token-1'), 'X-Extra': 'new' })
    const headers = { authorization: 'Bearer old', 'x-extra': 'old', 'x-kept': 'kept' }
    const send = uploader({ authenticate })
    const { response, report } = await send(`${origin.url}/file?secret=1`, stream(), { headers })
    expect(response.status).to.equal(201)
    expect(report.attempts.map(({ reason }) => reason)).to.deep.equal(['first', 'challenge'])
    expect(completeCount(origin)).to.equal(1)
    expect(authorizations(origin)).to.deep.equal(['Bearer old', 'Bearer token-1'])
    expect(origin.requests[1]?.headers).to.include({ 'x-extra': 'new', 'x-kept': 'kept' })
    expect(calls).to.deep.equal([
      {
        status: 401,
        url: `${origin.url}/file`,
        proxy: false,
        challenges: [{ scheme: 'bearer', params: { realm: 'uploads', error: 'invalid_token' } }],
        attempt: 1,
      },
    ])
  })

  const shapes: Record<string, unknown> = {
    Headers: new Headers(bearer('token-1')),
    pairs: [['authorization', 'Bearer token-1']],
    'a Map': new Map(Object.entries(bearer('token-1'))),
  }
  for (const [name, fields] of Object.entries(shapes)) {
    it(`accepts ${name}`, async () => {
      const origin = await guarded(new TokenGuard().mode)
      const { authenticate } = answering(fields)
      const { response } = await uploader({ authenticate })(`${origin.url}/file`)
      expect(response.status).to.equal(201)
    })
  }

  it('accepts a return value that is not a promise', async () => {
    const origin = await guarded(new TokenGuard().mode)
    const authenticate = () => bearer('token-1')
    const { response } = await uploader({ authenticate })(`${origin.url}/file`)
    expect(response.status).to.equal(201)
  })

  it('keeps the returned fields for later attempts', async () => {
    const guard = new TokenGuard()
    const origin = await guarded((seen) => {
      const mode = guard.mode(seen)
      return mode === 'go' ? 417 : mode
    })
    const { authenticate, calls } = answering(bearer('token-1'))
    const { response } = await uploader({ authenticate })(`${origin.url}/file`)
    expect(response.status).to.equal(201)
    expect(statuses(origin)).to.deep.equal([401, 417, 201])
    expect(calls).to.have.lengthOf(1)
  })

  it('returns the 401 when the returned credentials are refused', async () => {
    const origin = await guarded(new TokenGuard().mode)
    const { authenticate, calls } = answering(bearer('wrong'), bearer('token-1'))
    const { response } = await uploader({ authenticate })(`${origin.url}/file`)
    expect(response.status).to.equal(401)
    expect(calls).to.have.lengthOf(1)
    expect(completeCount(origin)).to.equal(0)
  })

  it('calls it once more, and not again, when the nonce was stale', async () => {
    const guard = new TokenGuard()
    guard.extra = ', stale=true'
    const origin = await guarded(guard.mode)
    const { authenticate, calls } = answering(bearer('wrong'), bearer('wrong'), bearer('token-1'))
    const { response } = await uploader({ authenticate })(`${origin.url}/file`)
    expect(response.status).to.equal(401)
    expect(calls.map(({ attempt }) => attempt)).to.deep.equal([1, 2])
  })

  for (const method of ['PUT', 'GET', 'HEAD'] as const) {
    it(`returns the complete 401 to a ${method} when the function returns null`, async () => {
      const origin = await guarded(new TokenGuard().mode)
      const { authenticate, calls } = answering(null, null)
      const dispatcher = agentFor({ authenticate })
      for (const count of [1, 2]) {
        const body = method === 'PUT' ? stream() : null
        const answer = await request(`${origin.url}/file`, { method, body, dispatcher })
        expect(answer.statusCode).to.equal(401)
        expect(await answer.body.text()).to.equal(method === 'HEAD' ? '' : 'denied')
        expect(calls).to.have.lengthOf(count)
      }
      expect(statuses(origin)).to.deep.equal([401, 401])
    })
  }

  it('calls it again for each later upload', async () => {
    const guard = new TokenGuard()
    const origin = await guarded(guard.mode)
    const { authenticate, calls } = answering(bearer('token-1'), bearer('token-2'))
    const send = uploader({ authenticate })
    await send(`${origin.url}/1`)
    guard.token = 'token-2'
    const { response } = await send(`${origin.url}/2`)
    expect(response.status).to.equal(201)
    expect(calls).to.have.lengthOf(2)
    const sent = [undefined, 'Bearer token-1', undefined, 'Bearer token-2']
    expect(authorizations(origin)).to.deep.equal(sent)
  })
})
