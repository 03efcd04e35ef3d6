import { expect } from 'chai'
import { Mask } from '../lib/client/mask.ts'

/** A response that was shown with another status. */
function lifted(code: number, text: string): Response {
  const mask = new Mask()
  const status = mask.put(code, text)
  return mask.lift(new Response('no', { status, headers: { 'x-name': 'value' } }))
}

describe('Mask', () => {
  it('gives a response its own status back, and leaves the rest of it', async () => {
    const response = lifted(421, 'No, \u00e4')
    expect(response).to.include({ status: 421, statusText: 'No, \u00e4' })
    expect(response.headers.get('x-name')).to.equal('value')
    expect(await response.text()).to.equal('no')
  })

  it('leaves a response alone that was shown as it is', () => {
    const response = new Response('yes', { status: 201 })
    expect(new Mask().lift(response)).to.equal(response)
  })

  for (const text of ['\0', '\ufffd\ufffd', 'a\x7f']) {
    it(`leaves a reason phrase out that no Response takes: ${JSON.stringify(text)}`, () => {
      expect(lifted(421, text)).to.include({ status: 421, statusText: '' })
    })
  }
})
