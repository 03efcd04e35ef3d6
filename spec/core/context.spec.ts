import { expect } from 'chai'
import { request } from 'undici'
import {
  type ContentInput,
  ExpectAgent,
  type ExpectAgentOptions,
  fetch,
  RouteMemory,
  type UploadOptions,
  upload,
} from '../../lib/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { notingKinds, StoreLog, storage } from '../support/tenants.ts'
import { type Play, tlsFront } from '../support/tls-front.ts'
import { turns } from '../support/turns.ts'

const tenants = ['A', 'B', 'C', 'D', 'E']
const bytes = noise(50_000)

/** Requires a token, sends a 103 and a 100, and reads the content or answers in the middle of it. */
const play: Play = (request, response, asked) => {
  const { authorization } = request.headers
  const status = authorization === undefined ? 401 : 201
  const answer = (): void => {
    response.statusCode = status
    if (status === 401) response.setHeader('www-authenticate', 'Bearer')
    response.end(authorization)
  }
  if (status === 401) {
    answer()
    return
  }
  response.writeEarlyHints({ link: '</style.css>; rel=preload' })
  if (asked) response.writeContinue()
  if (request.url === '/early') request.once('data', answer)
  else request.resume().on('end', answer)
}

type Ways = Record<
  string,
  (url: string, content: ContentInput, own: object) => Promise<string | undefined>
>

const ways: Ways = {
  upload: async (url, content, own) => {
    const { response } = await upload(url, content, own as UploadOptions)
    return response.text()
  },
  fetch: async (url, body, own) => {
    const response = await fetch(url, { method: 'PUT', body, ...own })
    return response.text()
  },
  request: async (url, body, own) => {
    const answer = await request(url, { method: 'PUT', body: body as Buffer, ...own })
    return answer.body.text()
  },
}

/** The options of a tenant, with callbacks of its own. */
function listening(diary: StoreLog, name: string): object {
  const authenticate = async () => {
    diary.note('authenticate')
    await turns()
    return { authorization: `Bearer ${storage.getStore()}` }
  }
  if (name === 'request') return { authenticate }
  return {
    authenticate,
    onProgress: () => diary.note('onProgress'),
    onInterim: () => diary.note('onInterim'),
    onContinue: () => diary.note('onContinue'),
  }
}

const connections: Record<string, { options: ExpectAgentOptions; atOnce: boolean }> = {
  'new connections': { options: {}, atOnce: true },
  'a reused connection': { options: { connections: 1 }, atOnce: false },
  'a connection that is shared': { options: { connections: 1 }, atOnce: true },
}

for (const protocol of ['http/1.1', 'h2']) {
  for (const [name, way] of Object.entries(ways)) {
    describe(`five tenants over ${protocol}, through ${name}`, function () {
      this.timeout(4000)

      for (const [where, { options, atOnce }] of Object.entries(connections)) {
        for (const [what, kind] of notingKinds) {
          for (const path of ['/whole', '/early']) {
            it(`see their own stores: ${what}, ${where}, ${path}`, async () => {
              const front = await tlsFront([protocol], play)
              const connect = { ca: front.ca }
              const own = { ...options, connect, allowH2: protocol === 'h2' }
              const wait = { expect: 'always', continueTimeout: 60_000 } as const
              const dispatcher = new ExpectAgent({ ...own, ...wait, memory: new RouteMemory() })
              closeLater(() => dispatcher.destroy())
              const send = (tenant: string): Promise<void> =>
                storage.run(tenant, async () => {
                  const diary = new StoreLog()
                  const pieces = path === '/whole' ? 2 : Number.POSITIVE_INFINITY
                  const content = kind.make(diary, pieces) as ContentInput
                  const callbacks = listening(diary, name)
                  const text = await way(front.url + path, content, { dispatcher, ...callbacks })
                  // The rest is cancelled after the response has been returned.
                  await turns(50)
                  expect(text, 'whose token it was').to.equal(`Bearer ${tenant}`)
                  expect(diary.foreignPlaces(tenant), 'foreign stores').to.deep.equal([])
                  diary.expectPlaces(...(path === '/whole' ? kind.sent : kind.left), 'authenticate')
                  if (name === 'request') return
                  diary.expectPlaces('onProgress', 'onInterim', 'onContinue')
                })
              if (atOnce) await Promise.all(tenants.map(send))
              else for (const tenant of tenants) await send(tenant)
            })
          }
        }
      }
    })
  }
}

describe('a function for the credentials of five tenants', function () {
  this.timeout(4000)

  for (const protocol of ['http/1.1', 'h2']) {
    for (const [where, { options, atOnce }] of Object.entries(connections)) {
      it(`returns those of the right tenant, over ${protocol} and ${where}`, async () => {
        const front = await tlsFront([protocol], play)
        const connect = { ca: front.ca }
        const own = { ...options, connect, allowH2: protocol === 'h2', memory: new RouteMemory() }
        const dispatcher = new ExpectAgent({
          ...own,
          expect: 'always',
          continueTimeout: 60_000,
          authenticate: async () => {
            await turns()
            return { authorization: `Bearer ${storage.getStore()}` }
          },
        })
        closeLater(() => dispatcher.destroy())
        const send = (tenant: string): Promise<string> =>
          storage.run(tenant, async () => {
            const { response } = await upload(front.url, bytes, { dispatcher })
            return response.text()
          })
        const texts: string[] = []
        if (atOnce) texts.push(...(await Promise.all(tenants.map(send))))
        else for (const tenant of tenants) texts.push(await send(tenant))
        expect(texts).to.deep.equal(tenants.map((tenant) => `Bearer ${tenant}`))
      })
    }
  }
})
