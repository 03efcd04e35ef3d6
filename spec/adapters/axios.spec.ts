import axios, { type AxiosError, type AxiosInstance } from 'axios'
import { expect } from 'chai'
import { Agent } from 'undici'
import { expectAdapter } from '../../lib/adapters/axios.ts'
import { gatedPool } from '../../lib/index.ts'
import type { OriginMode } from '../../lib/testing/index.ts'
import {
  content,
  fileStream,
  headOnly,
  startedOrigin,
  uploadsOf,
  waitFor,
  whole,
} from '../support/adapters-content.ts'
import { closeLater } from '../support/closing.ts'

/** An instance whose connections are closed after the spec. */
function client(mode?: OriginMode): AxiosInstance {
  const dispatcher = new Agent({ factory: gatedPool })
  closeLater(() => dispatcher.destroy())
  return axios.create({
    adapter: expectAdapter({ dispatcher, memory: false, ...waitFor(mode) }),
  })
}

const inputs = {
  'a buffer': () => content,
  'a file stream': fileStream,
  'a Blob': () => new Blob([content]),
}

const accepted: readonly (readonly [string, OriginMode, readonly unknown[]])[] = [
  ['says go', 'go', [whole(true)]],
  ['stays silent', 'silent', [whole(true)]],
  ['answers 417', 417, [headOnly, whole(false)]],
]

describe('expectAdapter with axios', () => {
  for (const [name, make] of Object.entries(inputs)) {
    for (const [what, mode, seen] of accepted) {
      it(`puts ${name} when the origin ${what}`, async () => {
        const origin = await startedOrigin({ mode })

        const { status } = await client(mode).put(origin.url, make())

        expect(status).to.equal(201)
        expect(uploadsOf(origin)).to.deep.equal(seen)
      })
    }

    it(`rejects with a 413 before a byte of ${name} was sent`, async () => {
      const origin = await startedOrigin({ mode: 413 })

      const error = await client()
        .put(origin.url, make())
        .catch((reason: AxiosError) => reason)

      expect(axios.isAxiosError(error)).to.equal(true)
      expect(error).to.include({ status: 413, code: 'ERR_BAD_REQUEST' })
      expect(uploadsOf(origin)).to.deep.equal([headOnly])
    })

    it(`follows a redirect to another path with ${name}`, async () => {
      const origin = await startedOrigin({
        mode: ({ path }) =>
          path === '/first' ? { status: 307, headers: { location: '/second' } } : 'go',
      })

      const { request } = await client().put(`${origin.url}/first`, make())

      expect(request.res.responseUrl).to.equal(`${origin.url}/second`)
      expect(uploadsOf(origin)).to.deep.equal([headOnly, whole(true)])
    })

    it(`follows a redirect to another origin with ${name}, but not with credentials`, async () => {
      const second = await startedOrigin()
      const location = `${second.url}/second`
      const first = await startedOrigin({ mode: { status: 307, headers: { location } } })

      await client().put(first.url, make(), { auth: { username: 'me', password: 'p' } })

      expect(uploadsOf(first)).to.deep.equal([headOnly])
      expect(uploadsOf(second)).to.deep.equal([whole(true)])
      expect(first.requests[0]?.headers.authorization).to.equal('Basic bWU6cA==')
      expect(second.requests[0]?.headers.authorization).to.equal(undefined)
    })
  }

  it('hands a redirect over where none may be followed', async () => {
    const origin = await startedOrigin({ mode: { status: 307, headers: { location: '/second' } } })

    const response = await client().put(origin.url, fileStream(), {
      maxRedirects: 0,
      validateStatus: null,
    })

    expect(response.status).to.equal(307)
    expect(response.headers.location).to.equal('/second')
    expect(uploadsOf(origin)).to.deep.equal([headOnly])
  })
})
