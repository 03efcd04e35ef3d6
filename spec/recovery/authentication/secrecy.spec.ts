import { channel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { ExpectAgent } from '../../../lib/client/agent.ts'
import { upload } from '../../../lib/client/upload.ts'
import { UploadError } from '../../../lib/errors.ts'
import type { Authenticate } from '../../../lib/options/authenticate.ts'
import { closeLater } from '../../support/closing.ts'
import { guarded, stream } from '../../support/guarded.ts'
import { origin as scripted } from '../../support/origin.ts'

const names = ['ask', 'interim', 'release', 'refuse', 'replay', 'silent', 'rescue']

/** The secrets, in each form in which they are sent. */
const secrets = ['my-name', 'my-password', 'bXktbmFtZTpteS1wYXNzd29yZA', 'my-token', 'Digest user']

const credentials = { username: 'my-name', password: 'my-password' }
const kinds: Record<string, Authenticate> = {
  basic: { basic: credentials, proxy: { basic: credentials } },
  digest: { digest: credentials },
  'a function': () => ({ authorization: 'Bearer my-token' }),
}

const challenge = [
  'HTTP/1.1 401 Unauthorized',
  'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", Basic realm="r"',
  'Content-Length: 0',
]

/** Everything that a program could print of these values. */
function printed(...values: unknown[]): string {
  const all = values.map((value) => inspect(value, { depth: 20, showHidden: true, getters: true }))
  return [...all, ...values.map((value) => JSON.stringify(value) ?? '')].join('\n')
}

function expectNoSecrets(text: string): void {
  for (const secret of secrets) expect(text).not.to.include(secret)
}

describe('credentials', () => {
  const messages: unknown[] = []
  const listen = (message: unknown): void => {
    messages.push(message)
  }

  beforeEach(() => {
    messages.splice(0)
    for (const name of names) channel(`expect-continue:${name}`).subscribe(listen)
  })

  afterEach(() => {
    for (const name of names) channel(`expect-continue:${name}`).unsubscribe(listen)
  })

  for (const [name, authenticate] of Object.entries(kinds)) {
    it(`of ${name} are in no report and no message`, async () => {
      const value = challenge[1]?.replace('WWW-Authenticate: ', '') ?? ''
      const origin = await guarded({ status: 401, headers: { 'www-authenticate': value } })
      const dispatcher = new ExpectAgent({
        authenticate:
          typeof authenticate === 'function'
            ? authenticate
            : { ...authenticate, origin: origin.url },
      })
      closeLater(() => dispatcher.destroy())
      const { report } = await upload(`${origin.url}/file`, stream(), { dispatcher })
      expect(report.attempts).to.have.lengthOf(2)
      expect(messages).to.have.lengthOf.above(3)
      expectNoSecrets(printed(report, messages, dispatcher))
    })

    it(`of ${name} are in no error of the connection`, async () => {
      const peer = await scripted(
        async (wire) => {
          await wire.head()
          wire.send(...challenge)
        },
        async (wire) => {
          expect(await wire.head()).to.match(/^authorization: /im)
          wire.send('HTTP/1.1 100 Continue')
          await wire.bytes(100)
          wire.reset()
        },
      )
      const error = await upload(peer.url, stream(), { authenticate }).catch((reason) => reason)
      expect(error).to.be.instanceOf(Error)
      expectNoSecrets(printed(error, messages))
    })

    it(`of ${name} are in no error of the upload`, async () => {
      const peer = await scripted(
        async (wire) => {
          await wire.head()
          wire.send(...challenge)
        },
        async (wire) => {
          await wire.head()
          wire.send('HTTP/1.1 100 Continue')
          await wire.closed()
        },
      )
      const headers = { 'content-length': '300000' }
      const sent = upload(peer.url, stream(), { authenticate, headers, expect: 'always' })
      const error = await sent.catch((reason) => reason)
      expect(error).to.be.instanceOf(UploadError)
      expectNoSecrets(printed(error, messages))
    })
  }
})
