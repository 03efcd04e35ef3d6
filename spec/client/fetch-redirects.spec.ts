import { expect } from 'chai'
import { type FetchInit, fetch } from '../../lib/client/fetch.ts'
import { reportOf } from '../../lib/report/reported.ts'
import type { OriginMode, SeenRequest } from '../../lib/testing/index.ts'
import { standingClock } from '../support/clock.ts'
import { agentFor } from '../support/faces.ts'
import { openOrigin } from '../support/open-origin.ts'

const platform = globalThis.fetch as typeof fetch
const [first, second] = ['/first', '/second?at=1']

interface Case {
  readonly status: number
  readonly init: FetchInit
  /** The Location field; `null` for none. */
  readonly location?: string | null
}

/** The request without the host, the expectation, and the fields that a redirect removes. */
function seenOf({ method, path, headers, content }: SeenRequest): object {
  const { host: _host, expect: _expect, ...fields } = headers
  return { method, path, fields, content: path === first ? '' : String(content) }
}

/** The response, and the last request at the origin. */
async function outcomeOf(call: typeof fetch, { status, init, location = second }: Case) {
  const headers: Record<string, string> = location === null ? {} : { location }
  const mode = ({ path }: SeenRequest): OriginMode => (path === first ? { status, headers } : 'go')
  const response = { status: 200, body: 'arrived' }
  const origin = await openOrigin({ mode, response, keepContent: true })
  const cut = (text: string): string => text.replace(origin.url, '')
  const outcome = await call(origin.url + first, init).then(
    async (response) => {
      const { status, statusText, ok, type, redirected, url } = response
      const text = await response.text()
      return { status, statusText, ok, type, redirected, url: cut(url), text }
    },
    ({ name, message, cause }) => ({ name, message, caused: cause instanceof Error }),
  )
  const paths = origin.requests.map(({ method, path }) => `${method} ${path}`)
  return { outcome, paths, last: origin.requests.slice(-1).map(seenOf) }
}

const headers = { authorization: 'Basic bWU6cA==', 'content-type': 'video/h264', 'x-own': '1' }
const text = { headers, body: 'hello' }

const inits: readonly FetchInit[] = [
  { method: 'GET', headers },
  { method: 'HEAD' },
  { method: 'POST', ...text },
  { method: 'PUT', ...text },
  { method: 'PUT', headers, body: '' },
  { method: 'POST', headers, body: new Uint8Array(0) },
  { method: 'DELETE' },
]

const cases: readonly Case[] = [
  ...[301, 302, 303, 307, 308].flatMap((status) =>
    (['follow', 'manual', 'error'] as const).flatMap((redirect) =>
      inits.map((init) => ({ status, init: { ...init, redirect } })),
    ),
  ),
  ...[300, 304, 305].map((status) => ({ status, init: { method: 'PUT', ...text } })),
  { status: 307, location: null, init: { method: 'PUT', ...text } },
  { status: 307, location: '/second?at=1#part', init: { method: 'PUT', ...text } },
  // Node writes fields as latin1: these are the bytes of UTF-8.
  { status: 307, location: '/caf\u00c3\u00a9', init: { method: 'PUT', ...text } },
  { status: 307, location: 'http://', init: { method: 'PUT', ...text } },
  { status: 307, location: 'http://me:secret@127.0.0.1:1/', init: { method: 'PUT', ...text } },
  { status: 303, location: 'http://me@127.0.0.1:1/', init: { method: 'PUT', ...text } },
  { status: 307, location: 'data:,hello', init: { method: 'PUT', ...text } },
  { status: 307, location: first, init: { method: 'PUT', ...text } },
]

const ways: Readonly<Record<string, FetchInit>> = {
  'without an expectation': { expect: 'never' },
  'with an expectation': { expect: 'always', continueTimeout: 60_000 },
}

describe("fetch's redirect", () => {
  for (const [way, options] of Object.entries(ways)) {
    for (const each of cases) {
      const { status, location = second, init } = each
      const { method, redirect = 'follow' } = init
      it(`'${redirect}' behaves like the platform's for a ${status} to ${location} after a ${method}, ${way}`, async () => {
        const theirs = await outcomeOf(platform, each)
        const own = { ...init, ...options, dispatcher: agentFor() }
        expect(await outcomeOf(fetch, { ...each, init: own })).to.deep.equal(theirs)
      })
    }
  }

  it('is rejected if its Location has credentials, and nothing is sent there', async () => {
    const other = await openOrigin()
    const location = other.url.replace('//', '//me:secret@')
    const origin = await openOrigin({ mode: { status: 307, headers: { location } } })
    const init = { method: 'PUT', ...text, dispatcher: agentFor() }
    const error = await fetch(origin.url, init).catch((failure) => failure)
    expect(error.cause).to.have.property('code', 'ERR_EXPECT_REDIRECT')
    expect(String(error.cause)).not.to.include('secret')
    expect(other.requests).to.deep.equal([])
  })

  it("goes to another origin without credentials, like the platform's", async () => {
    const outcomes = []
    for (const call of [platform, fetch]) {
      const other = await openOrigin({ keepContent: true })
      const location = `${other.url}${second}`
      const origin = await openOrigin({ mode: { status: 307, headers: { location } } })
      const init = call === fetch ? { ...text, dispatcher: agentFor() } : text
      const { status } = await call(origin.url, { method: 'PUT', ...init })
      expect(other.requests[0]?.headers).not.to.have.property('authorization')
      outcomes.push({ status, seen: other.requests.map(seenOf) })
    }
    const [theirs, ours] = outcomes
    expect(ours).to.deep.equal(theirs)
  })
})

describe('a fetch that follows a redirect', () => {
  it('has one report', async () => {
    const origin = await openOrigin({
      mode: ({ path }) => (path === first ? { status: 307, headers: { location: second } } : 'go'),
    })
    const dispatcher = agentFor()
    const response = await fetch(origin.url + first, { method: 'PUT', body: 'hello', dispatcher })
    const { attempts = [] } = reportOf(response) ?? {}
    expect(attempts.map(({ reason, status }) => [reason, status])).to.deep.equal([
      ['first', 307],
      ['redirect', 201],
    ])
  })

  it('has one total timeout', async () => {
    const clock = standingClock()
    const origin = await openOrigin({
      mode: ({ path }) => {
        if (path !== first) return 'silent'
        clock.tick(60)
        return { status: 307, headers: { location: second } }
      },
    })
    const failure = await fetch(origin.url + first, {
      method: 'PUT',
      body: 'hello',
      dispatcher: agentFor(),
      expect: 'always',
      timeouts: { total: 100 },
      onProgress: ({ phase }) => {
        if (phase === 'waiting' && origin.requests.length === 1) clock.tick(40)
      },
    }).catch((error) => error)
    expect(failure.cause).to.include({ code: 'ERR_EXPECT_TOTAL_TIMEOUT', attempt: 2 })
    expect(failure.cause.message).to.include('within 100 ms')
  })
})
