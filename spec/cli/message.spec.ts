import { expect } from 'chai'
import { messageOf } from '../../lib/cli/message.ts'

describe('messageOf', () => {
  for (const [name, error, message] of [
    ['an error', new Error('why'), 'why'],
    ['an error that says nothing', new TypeError(''), 'TypeError'],
    ['many errors', new AggregateError([new Error('refused'), new Error('other')], ''), 'refused'],
    ['something else', 'why', 'why'],
  ] as const) {
    it(`says what there is to say of ${name}`, () => {
      expect(messageOf(error)).to.equal(message)
    })
  }
})
