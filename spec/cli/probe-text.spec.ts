import { expect } from 'chai'
import type { Answer } from '../../lib/cli/asking.ts'
import { type Behaviour, behavioursOf, consequenceOf } from '../../lib/cli/probe/probing.ts'
import { protocolText } from '../../lib/cli/probe/text.ts'

const nothing = {
  status: null,
  error: null,
  ms: null,
  place: 'http://a.example/',
  httpVersion: '1.1',
} as const

function goAhead(ms: number): Answer {
  return { ...nothing, answer: 'continue', ms }
}

function final(status: number, ms = 1): Answer {
  return { ...nothing, answer: 'final', status, ms }
}

const silent: Answer = { ...nothing, answer: 'silent' }
const broken: Answer = {
  ...nothing,
  answer: 'broken',
  error: 'ends the connection without an answer (other side closed)',
}

function behaviourOf(answer: Answer): Behaviour {
  const [behaviour] = behavioursOf([answer])
  if (behaviour === undefined) throw new Error('There is one for each answer')
  return behaviour
}

describe('behavioursOf', () => {
  for (const [times, ms] of [
    [[3], { min: 3, median: 3, max: 3 }],
    [[9, 1, 2], { min: 1, median: 2, max: 9 }],
    [[10, 9, 1, 2], { min: 1, median: 5.5, max: 10 }],
  ] as const) {
    it(`returns the lowest, the median and the highest of ${times.join(', ')}`, () => {
      const rounds = times.length
      expect(behavioursOf(times.map(goAhead))).to.deep.equal([
        { answer: 'continue', status: null, error: null, rounds, ms },
      ])
    })
  }

  it('sorts by frequency, and separates statuses', () => {
    const answers = [final(503), final(500), silent, final(500), final(500), silent]
    const kinds = behavioursOf(answers).map(({ answer, status, rounds }) => [
      answer,
      status,
      rounds,
    ])
    expect(kinds).to.deep.equal([
      ['final', 500, 3],
      ['silent', null, 2],
      ['final', 503, 1],
    ])
  })
})

describe('consequenceOf', () => {
  for (const [answer, said] of [
    [goAhead(1), 'asks each time, and sends on the 100'],
    [silent, 'sends after the wait, and asks no more for 10 minutes'],
    [broken, 'tries once more on a new connection, then fails'],
    [final(417), 'sends without asking, and asks no more for an hour'],
    [final(204), 'sends nothing, and returns it as the response'],
    [final(401), 'sends nothing; with credentials it asks again'],
    [final(303), 'sends nothing, and follows with a GET'],
    [final(307), 'sends nothing here, and follows the redirect'],
    [final(413), 'sends nothing, and asks about small content too for a minute'],
    [final(404), 'sends nothing, and returns the response'],
  ] as const) {
    it(`of ${answer.answer} ${answer.status ?? ''} is that this client ${said}`, () => {
      expect(consequenceOf(behaviourOf(answer))).to.equal(said)
    })
  }
})

describe('protocolText', () => {
  it('prints what the origin does next to the protocol, and what the client does below it', () => {
    const behaviour = { ...behaviourOf(silent), client: 'sends after the wait' }
    const report = { protocol: 'HTTP/2', behaviours: [behaviour], error: null } as const
    expect(protocolText(report, 1000)).to.equal(
      'HTTP/2    stays silent for 1000 ms\n          client: sends after the wait\n',
    )
  })

  for (const columns of [undefined, 40, 80, 140]) {
    it(`fits ${columns ?? 'no'} columns, with a maximum of 80, for any text`, () => {
      const answers = [goAhead(1234.5), goAhead(2), silent, broken, final(413), final(503, 9999.9)]
      const behaviours = behavioursOf(answers).map((each) => {
        return { ...each, client: consequenceOf(each) }
      })
      const text = protocolText({ protocol: 'HTTP/1.1', behaviours, error: null }, 60_000, columns)
      const width = Math.min(columns ?? 80, 80)
      expect(text.split('\n').filter((line) => line.length > width)).to.deep.equal([])
      expect(text.split('\n')).to.have.lengthOf.above(2 * behaviours.length)
    })
  }
})
