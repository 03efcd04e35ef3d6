import { expect } from 'chai'
import { upload } from '../../../lib/client/upload.ts'
import type { UploadError } from '../../../lib/errors.ts'
import { agentFor } from '../../support/faces.ts'
import { guarded, statuses, stream, uploader, user } from '../../support/guarded.ts'
import { httpProxy } from '../../support/proxies.ts'
import { answering } from '../../support/token-guard.ts'

/** What IIS sends for Windows Authentication. */
const windows = 'Negotiate, NTLM'
const challenges = [
  { scheme: 'negotiate', params: {} },
  { scheme: 'ntlm', params: {} },
]

describe('a challenge for Negotiate or NTLM alone', () => {
  const mode = { status: 401, headers: { 'www-authenticate': windows }, body: 'sign in' }

  it('is returned, and no credentials are sent', async () => {
    const origin = await guarded(mode)
    const send = uploader({ authenticate: { basic: user, digest: user } })
    const { response, report } = await send(`${origin.url}/file`)
    expect(response.status).to.equal(401)
    expect(response.headers.get('www-authenticate')).to.equal('Negotiate, NTLM')
    expect(await response.text()).to.equal('sign in')
    expect(report).to.include({ outcome: 'refused', sentBytes: 0 })
    expect(statuses(origin)).to.deep.equal([401])
  })

  it('is passed to a function, which can have it returned', async () => {
    const origin = await guarded(mode)
    const { authenticate, calls } = answering(null)
    const { response } = await uploader({ authenticate })(`${origin.url}/file`)
    expect(response.status).to.equal(401)
    expect(calls[0]?.challenges).to.deep.equal(challenges)
  })

  it('can also be from a proxy', async () => {
    const headers = { 'proxy-authenticate': windows }
    const proxy = await guarded({ status: 407, headers })
    const dispatcher = agentFor({ proxy: proxy.url })
    const authenticate = { proxy: { basic: user, digest: user } }
    const { response } = await upload('http://uploads.example/', stream(), {
      dispatcher,
      authenticate,
    })
    expect(response.status).to.equal(407)
    expect(statuses(proxy)).to.deep.equal([407])
  })

  it('of a proxy for a tunnel fails with an error that says that they are not supported', async () => {
    for (const [value, isSupported] of [
      [windows, false],
      ['NTLM', false],
      [`${windows}, Basic realm="proxy"`, true],
    ] as const) {
      const proxy = await httpProxy({ challenges: () => value })
      const dispatcher = agentFor({ proxy: `http://${proxy.host}` })
      const authenticate = { proxy: { digest: user } }
      const sent = upload('https://uploads.example/', stream(), { dispatcher, authenticate })
      const error: UploadError = await sent.catch((reason) => reason)
      expect(error).to.include({ code: 'ERR_EXPECT_PROXY' })
      if (isSupported) expect(error.message).not.to.include('NTLM')
      else expect(error.message).to.match(/; it offers NTLM or Negotiate alone, .* not supported$/)
      expect(proxy.heads).to.have.length(1)
    }
  })

  it('is answered if Basic is also offered', async () => {
    const origin = await guarded(({ headers }) => {
      if (headers.authorization !== undefined) return 'go'
      const value = `${windows}, Basic realm="uploads"`
      return { status: 401, headers: { 'www-authenticate': value } }
    })
    const send = uploader({ authenticate: { basic: user } })
    expect((await send(`${origin.url}/file`)).response.status).to.equal(201)
  })
})
