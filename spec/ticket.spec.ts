import { expect } from 'chai'
import { type GateObserver, redeem, revoke, type Ticket, take } from '../lib/ticket.ts'

const nothing = (): void => {}
const observer: GateObserver = {
  onHead: nothing,
  onFirstByte: nothing,
  onInterim: nothing,
  onRelease: nothing,
  onFinal: nothing,
  onContent: nothing,
  onRescue: nothing,
}

function ticket(): Ticket {
  const times = { continueTimeout: 1000, rescueTimeout: 500, headersTimeout: 0 }
  return { asks: true, ...times, queued: () => 0, observer, number: null }
}

describe('take', () => {
  it('gives a ticket a number under which it is found', () => {
    const mine = ticket()
    const number = take(mine)
    expect(mine.number).to.equal(number)
    expect(redeem(number)).to.equal(mine)
  })

  it('gives each ticket a number of its own, fit for a header field', () => {
    const numbers = Array.from({ length: 100 }, () => take(ticket()))
    expect(new Set(numbers).size).to.equal(100)
    for (const number of numbers) {
      expect(number).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-z]+$/)
      redeem(number)
    }
  })

  it('withdraws the number that the ticket had before', () => {
    const mine = ticket()
    const before = take(mine)
    const number = take(mine)
    expect(redeem(before)).to.equal(null)
    expect(redeem(number)).to.equal(mine)
  })
})

describe('redeem', () => {
  it('takes a number once', () => {
    const number = take(ticket())
    redeem(number)
    expect(redeem(number)).to.equal(null)
  })

  for (const number of ['', 'bogus', '__proto__', 'constructor']) {
    it(`knows no ticket by the number '${number}'`, () => {
      expect(redeem(number)).to.equal(null)
    })
  }
})

describe('revoke', () => {
  it('withdraws a ticket that was taken', () => {
    const mine = ticket()
    const number = take(mine)
    revoke(mine)
    expect(redeem(number)).to.equal(null)
  })

  it('leaves other tickets alone', () => {
    const mine = ticket()
    const number = take(mine)
    revoke(ticket())
    expect(redeem(number)).to.equal(mine)
  })
})
