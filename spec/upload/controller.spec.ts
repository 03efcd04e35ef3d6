import { expect } from 'chai'
import { type Dispatcher, errors } from 'undici'
import { UploadController } from '../../lib/upload/upload-controller.ts'

/** A controller of one attempt that records the calls to it. */
class Noted implements Dispatcher.DispatchController {
  readonly done: string[] = []
  aborted = false
  paused = false
  reason: Error | null = null
  readonly rawHeaders = [Buffer.from('a')]
  readonly rawTrailers = [Buffer.from('b')]

  pause(): void {
    this.done.push('pause')
  }

  resume(): void {
    this.done.push('resume')
  }

  abort(reason: Error): void {
    this.done.push('abort')
    this.aborted = true
    this.reason = reason
  }
}

function made(): { controller: UploadController; aborts: Error[] } {
  const aborts: Error[] = []
  return { controller: new UploadController({ fail: (reason) => aborts.push(reason) }), aborts }
}

describe('UploadController', () => {
  it('has initial values between attempts', () => {
    const { controller, aborts } = made()
    const { aborted, paused, reason, rawHeaders, rawTrailers } = controller
    expect({ aborted, paused, reason, rawHeaders, rawTrailers }).to.deep.equal({
      aborted: false,
      paused: false,
      reason: null,
      rawHeaders: null,
      rawTrailers: null,
    })
    controller.pause()
    controller.resume()
    expect(aborts).to.deep.equal([])
  })

  it('passes calls on to the current attempt', () => {
    const { controller, aborts } = made()
    const attempt = new Noted()
    controller.target = attempt
    controller.pause()
    controller.resume()
    controller.abort(new Error('enough'))
    expect(attempt.done).to.deep.equal(['pause', 'resume', 'abort'])
    expect(aborts).to.deep.equal([])
  })

  it('has the properties of the current attempt', () => {
    const { controller } = made()
    const attempt = new Noted()
    controller.target = attempt
    expect(controller.rawHeaders).to.equal(attempt.rawHeaders)
    expect(controller.rawTrailers).to.equal(attempt.rawTrailers)
    attempt.abort(new Error('by itself'))
    expect(controller.aborted).to.equal(true)
    expect(controller.reason).to.equal(attempt.reason)
  })

  it('ignores an attempt that is no longer current', () => {
    const { controller } = made()
    const [before, after] = [new Noted(), new Noted()]
    controller.target = before
    controller.target = after
    controller.pause()
    expect(before.done).to.deep.equal([])
    expect(after.done).to.deep.equal(['pause'])
  })

  it('pauses the next attempt when the caller had paused', () => {
    const { controller } = made()
    controller.target = new Noted()
    controller.pause()
    controller.target = null
    expect(controller.paused).to.equal(true)
    const next = new Noted()
    controller.target = next
    expect(next.done).to.deep.equal(['pause'])
  })

  it('does not pause the next attempt when the caller has resumed', () => {
    const { controller } = made()
    controller.pause()
    controller.resume()
    const next = new Noted()
    controller.target = next
    expect(controller.paused).to.equal(false)
    expect(next.done).to.deep.equal([])
  })

  it('reports an abort between attempts', () => {
    const { controller, aborts } = made()
    const reason = new Error('enough')
    controller.abort(reason)
    expect(aborts).to.deep.equal([reason])
    expect(controller).to.include({ aborted: true, reason })
  })

  it('aborts once, with the first reason', () => {
    const { controller } = made()
    const attempt = new Noted()
    controller.target = attempt
    const reason = new Error('first')
    controller.abort(reason)
    controller.abort(new Error('second'))
    expect(attempt.done).to.deep.equal(['abort'])
    expect(attempt.reason).to.equal(reason)
    expect(controller.reason).to.equal(reason)
  })

  it("uses undici's reason when the caller gives none", () => {
    const { controller, aborts } = made()
    controller.abort()
    expect(aborts[0]).to.be.instanceOf(errors.RequestAbortedError)
  })

  it('aborts the next attempt when the caller had aborted', () => {
    const { controller } = made()
    const reason = new Error('enough')
    controller.target = new Noted()
    controller.abort(reason)
    const next = new Noted()
    controller.target = next
    expect(next.reason).to.equal(reason)
  })
})
