import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { choices } from '../../docs/exchange/choices.ts'
import type { Recording } from '../../docs/exchange/recording.ts'
import { transcriptOf } from '../../docs/exchange/transcript.ts'
import { wordsFor } from '../../docs/exchange/words.ts'
import { attemptReport, uploadReport } from '../support/reports.ts'

const file = new URL('../../docs/exchange/recordings.json', import.meta.url)
const recordings: readonly Recording[] = JSON.parse(readFileSync(file, 'utf8'))
const nameOf = ({ origin, client, content }: Recording): string => `${origin} ${client} ${content}`

describe('the recordings of the exchange', () => {
  it('are one of each choice', () => {
    const all = choices.origin.flatMap(([origin]) =>
      choices.client.flatMap(([client]) =>
        choices.content.map(([content]) => `${origin} ${client} ${content}`),
      ),
    )
    expect(recordings.map(nameOf)).to.have.members(all).and.have.length(all.length)
  })

  it('are reports as they are written now', () => {
    for (const { report } of recordings) {
      expect(report).to.have.all.keys(uploadReport())
      for (const attempt of report.attempts) expect(attempt).to.have.all.keys(attemptReport())
    }
  })

  it('ask, or do not, as they were told', () => {
    for (const { client, report, wire } of recordings) {
      const [first] = wire
      const asked = first?.text.includes('\nexpect: 100-continue') ?? false
      expect([report.asked, asked]).to.deep.equal([client !== 'never', client !== 'never'])
    }
  })

  it('have a request and its answer on every connection', () => {
    for (const recording of recordings) {
      for (const [at, attempt] of recording.report.attempts.entries()) {
        const heads = recording.wire.filter(({ connection }) => connection === at + 1)
        expect(heads[0]?.text, nameOf(recording)).to.match(/^PUT \/videos\/[12] HTTP\/1\.1\n/)
        expect(heads.at(-1)?.text).to.match(new RegExp(`^HTTP/1.1 ${attempt.status} `))
      }
    }
  })

  it('name no machine', () => {
    expect(readFileSync(file, 'utf8')).not.to.match(/127\.0\.0\.1|localhost/)
  })
})

describe('transcriptOf', () => {
  it('shows what tells of the exchange, connection by connection', () => {
    const wire = [
      {
        atMs: 0,
        connection: 1,
        direction: '>',
        text: 'PUT / HTTP/1.1\naccept: */*\nExpect: 100-continue',
      },
      { atMs: 40.2, connection: 1, direction: '<', text: 'HTTP/1.1 417 Expectation Failed' },
      { atMs: 41, connection: 2, direction: '>', text: 'PUT / HTTP/1.1' },
    ] as const
    expect(transcriptOf(wire).split('\n')).to.deep.equal([
      'connection 1',
      '   0.0 ms > PUT / HTTP/1.1',
      '          > Expect: 100-continue',
      '  40.2 ms < HTTP/1.1 417 Expectation Failed',
      'connection 2',
      '  41.0 ms > PUT / HTTP/1.1',
    ])
  })
})

describe('wordsFor', () => {
  const said = (name: string): string => {
    const recording = recordings.find((each) => nameOf(each) === name)
    return recording === undefined ? '' : wordsFor(recording)
  }

  it('says what a refusal saved', () => {
    expect(said('413 default file')).to.equal(
      'The origin said 413 while the content waited. 16.0 MiB stayed off the wire.',
    )
  })

  it('says what not asking cost', () => {
    expect(said('307 never stream')).to.match(
      /^Nobody was asked\. \S+ MiB were sent for nothing before the origin said 307, and what was read of the stream is gone\.$/,
    )
  })

  it('says how it went on after an answer that was not the last', () => {
    expect(said('401 default stream')).to.equal(
      'The origin said 401 while the content waited; none was lost, and the upload went again. Then the origin said go, the content followed, and 201 came.',
    )
  })
})
