import { expect } from 'chai'
import type { Dispatcher } from 'undici'
import { expectContinue } from '../../lib/client/interceptor.ts'

describe('the attempt after a connection failure', () => {
  it('starts after undici has failed all requests of the connection', async () => {
    let telling = false
    const begun: string[] = []
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const controller = { aborted: false, abort() {}, pause() {}, resume() {} }
    const dispatch: Dispatcher.Dispatch = (_request, handler) => {
      begun.push(telling ? 'too early' : 'in time')
      const given = controller as unknown as Dispatcher.DispatchController
      handler.onRequestStart?.(given, null)
      queueMicrotask(() => {
        telling = true
        handler.onResponseError?.(given, refused)
        telling = false
      })
      return true
    }
    const request = { origin: 'http://first.example', path: '/', method: 'PUT', body: 'content' }
    const failure = await new Promise((failed) => {
      const retry = { count: 1, minDelay: 0 }
      expectContinue({ expect: 'always', memory: false, retry })(dispatch)(
        request as Dispatcher.DispatchOptions,
        { onResponseError: (_controller, error) => failed(error) },
      )
    })
    expect(failure).to.equal(refused)
    expect(begun).to.deep.equal(['in time', 'in time'])
  })
})
