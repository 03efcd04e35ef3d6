import { expect } from 'chai'
import { Client, type Dispatcher, Pool } from 'undici'
import { type ContentInput, gatedPool } from '../../lib/index.ts'
import { closeLater } from '../support/closing.ts'
import { noise } from '../support/contents.ts'
import { ownFaces } from '../support/faces.ts'
import { origin } from '../support/origin.ts'
import { goAhead, response } from '../support/responses.ts'
import type { Wire } from '../support/wire.ts'

const bytes = noise(100_000)

type Handler = Dispatcher.DispatchHandler
type Starts = (start: () => void) => void

/** Makes undici's clients start requests in another way, until the spec is over. */
function startingAs(starts: Starts): void {
  const { dispatch } = Client.prototype
  Client.prototype.dispatch = function (options, handler) {
    const own = new Proxy(handler, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        if (name !== 'onRequestStart') return value.bind(target)
        return (...args: Parameters<NonNullable<Handler['onRequestStart']>>) =>
          starts(() => value.apply(target, args))
      },
    })
    return dispatch.call(this, options, own)
  }
  closeLater(() => Reflect.deleteProperty(Client.prototype, 'dispatch'))
}

/** A pool that passes on only properties with string keys. */
function poolWithoutTicket(to: string | URL, options: object): Pool {
  const pool = gatedPool(to, options)
  const dispatch = pool.dispatch.bind(pool)
  pool.dispatch = (request, handler) =>
    dispatch(Object.fromEntries(Object.entries(request)) as unknown as typeof request, handler)
  return pool
}

/** The connection must close without a request. */
const closesWithoutRequest = async (wire: Wire): Promise<void> => {
  expect((await wire.closed()).toString('latin1'), 'bytes that arrived').to.equal('')
}

const kinds = {
  'a Buffer': () => bytes,
  'a generator': () =>
    (async function* () {
      yield bytes
    })(),
}

for (const face of ownFaces) {
  describe(`a gate that is not told of the next request, through ${face.name}`, function () {
    this.timeout(2000)

    const failing = async (make: () => ContentInput, options: object): Promise<void> => {
      // Some fail before a connection is made.
      const peer = await origin(closesWithoutRequest, closesWithoutRequest)
      const send = face.open({ expect: 'always', continueTimeout: 60_000, ...options })
      const failure = await send(peer.url, make()).then(
        ({ status }) => `answered ${status}`,
        (error) => (face.wraps ? error.cause : error),
      )
      expect(failure).to.have.property('code', 'ERR_EXPECT_NO_GATE')
      peer.done.catch(() => {})
    }

    for (const [kind, make] of Object.entries(kinds)) {
      it(`fails the upload when undici never calls onRequestStart: ${kind}`, async () => {
        startingAs(() => {})
        await failing(make, {})
      })

      it(`fails the upload when undici calls onRequestStart after the head: ${kind}`, async () => {
        startingAs((start) => setImmediate(start))
        await failing(make, {})
      })

      it(`fails the upload when its pool has no gates: ${kind}`, async () => {
        await failing(make, { factory: (to: URL, options: Pool.Options) => new Pool(to, options) })
      })

      it(`never sends a wrong body when the ticket of a dispatch is lost: ${kind}`, async () => {
        let intact = false
        const peer = await origin(async (wire) => {
          const head = await wire.head().catch(() => null)
          if (head === null) return
          if (/^expect:/im.test(head)) wire.raw(goAhead)
          intact = (await wire.content(head)).equals(bytes)
          wire.raw(response(201, 'stored'))
        })
        const send = face.open({
          expect: 'always',
          continueTimeout: 60_000,
          factory: poolWithoutTicket,
        })
        const outcome = await send(peer.url, make()).then(
          ({ status }) => status,
          (error) => (face.wraps ? error.cause : error).code,
        )
        expect(outcome).to.equal(intact ? 201 : 'ERR_EXPECT_NO_GATE')
      })
    }
  })
}
