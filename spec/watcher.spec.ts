import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import type { Dispatcher } from 'undici'
import { RouteMemory } from '../lib/routes/memory.ts'
import { Route } from '../lib/routes/route.ts'
import { Watcher } from '../lib/upload/watcher.ts'

const key = 'http://uploads.example'
const controller = { resume: () => {} } as unknown as Dispatcher.DispatchController
const socket = new PassThrough()
const chunk = Buffer.from('abc')
const error = new Error('gone')
const fields = { 'content-type': 'text/plain' }

/** Each hook with what it is called with. */
const calls: readonly (readonly [keyof Dispatcher.DispatchHandler, readonly unknown[]])[] = [
  ['onRequestStart', [controller, { context: 1 }]],
  ['onBodySent', [chunk]],
  ['onRequestSent', []],
  ['onResponseStarted', []],
  ['onResponseStart', [controller, 103, fields, 'Early Hints']],
  ['onResponseStart', [controller, 201, fields, 'Created']],
  ['onResponseData', [controller, chunk]],
  ['onResponseEnd', [controller, fields]],
  ['onResponseError', [controller, error]],
  ['onRequestUpgrade', [controller, 101, fields, socket]],
]

function watched(handler: Dispatcher.DispatchHandler): { watcher: Watcher; memory: RouteMemory } {
  const memory = new RouteMemory()
  return { watcher: new Watcher(handler, new Route(memory, key)), memory }
}

function call(watcher: Watcher, name: string, args: readonly unknown[]): void {
  const hooks = watcher as unknown as Record<string, (...args: readonly unknown[]) => void>
  hooks[name]?.(...args)
}

describe('Watcher', () => {
  for (const [name, args] of calls) {
    it(`hands ${name} on, as it is`, () => {
      const told: unknown[][] = []
      const { watcher } = watched({ [name]: (...given: unknown[]) => told.push(given) })
      call(watcher, name, args)
      expect(told).to.deep.equal([args])
      for (const [at, value] of args.entries()) expect(told[0]?.[at]).to.equal(value)
    })

    it(`bears a handler without ${name}`, () => {
      expect(() => call(watched({}).watcher, name, args)).not.to.throw()
    })
  }

  it('tells nobody of chunks who does not ask, so that their buffers can be filled again', () => {
    expect(watched({}).watcher.onBodySent).to.equal(undefined)
  })

  it('notes what the route answered, but no interim response', () => {
    const { watcher, memory } = watched({})
    watcher.onResponseStart(controller, 103, fields)
    expect(memory.recall(key)).to.deep.equal([])
    watcher.onResponseStart(controller, 503, fields)
    expect(memory.recall(key)).to.deep.equal(['busy'])
  })

  it('lets through what a handler throws', () => {
    const { watcher } = watched({
      onResponseStart: () => {
        throw error
      },
    })
    expect(() => watcher.onResponseStart(controller, 200, fields)).to.throw(error)
  })
})
