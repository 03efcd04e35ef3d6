import { expect } from 'chai'
import { UploadError } from '../lib/errors.ts'

describe('UploadError', () => {
  it('has a message and a cause', () => {
    const cause = new Error('why')
    const error = new UploadError('ERR_EXPECT_CONTENT_GONE', 'what', { cause })
    expect(error).to.be.instanceOf(Error)
    expect(error).to.include({
      name: 'UploadError',
      code: 'ERR_EXPECT_CONTENT_GONE',
      message: 'what',
      cause,
    })
    expect(String(error)).to.equal('UploadError: what')
  })

  it('starts in the first phase, without a response', () => {
    const error = new UploadError('ERR_EXPECT_NO_GATE', 'what')
    expect(error).to.include({ phase: 'connecting', sentBytes: 0, attempt: 0, response: null })
    expect('cause' in error).to.equal(false)
  })

  for (const [status, response] of [
    [null, null],
    [413, { status: 413 }],
  ] as const) {
    it(`records the state of the upload, with ${status ?? 'no'} response`, () => {
      const error = new UploadError('ERR_EXPECT_CONTENT_SHORT', 'what')
      const same = error.at({ phase: 'sending', sentBytes: 7, attempt: 2, status })
      expect(same).to.equal(error)
      expect(error).to.include({ phase: 'sending', sentBytes: 7, attempt: 2 })
      expect(error.response).to.deep.equal(response)
    })
  }

  it('is a new object for each upload that fails with it', () => {
    const cause = new Error('why')
    const shared = new UploadError('ERR_EXPECT_PROXY', 'what', { cause })
    shared.response = { status: 407 }
    const first = shared.at({ phase: 'connecting', sentBytes: 0, attempt: 1, status: null })
    const second = shared.at({ phase: 'sending', sentBytes: 7, attempt: 2, status: null })
    expect(second).not.to.equal(first)
    const same = { code: 'ERR_EXPECT_PROXY', message: 'what', cause }
    expect(first).to.include({ ...same, phase: 'connecting', sentBytes: 0, attempt: 1 })
    expect(second).to.include({ ...same, phase: 'sending', sentBytes: 7, attempt: 2 })
    expect(second.response).to.deep.equal({ status: 407 })
  })
})
