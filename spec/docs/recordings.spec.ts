import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { choices } from '../../docs/exchange/choices.ts'
import type { Recording } from '../../docs/exchange/recording.ts'
import { ticksOf, viewOf } from '../../docs/exchange/view.ts'
import { wordsFor } from '../../docs/exchange/words.ts'
import { attemptReport, uploadReport } from '../support/reports.ts'

const file = new URL('../../docs/exchange/recordings.json', import.meta.url)
const recordings: readonly Recording[] = JSON.parse(readFileSync(file, 'utf8'))
const nameOf = ({ origin, client, content }: Recording): string => `${origin} ${client} ${content}`

function recording(name: string): Recording {
  const found = recordings.find((each) => nameOf(each) === name)
  if (found === undefined) throw new Error(`there is no recording '${name}'`)
  return found
}

describe('the recordings of the exchange', () => {
  it('include each choice once', () => {
    const all = choices.origin.flatMap(([origin]) =>
      choices.client.flatMap(([client]) =>
        choices.content.map(([content]) => `${origin} ${client} ${content}`),
      ),
    )
    expect(recordings.map(nameOf)).to.have.members(all).and.have.length(all.length)
  })

  it('have the properties of current reports', () => {
    for (const { report } of recordings) {
      expect(report).to.have.all.keys(uploadReport())
      for (const attempt of report.attempts) expect(attempt).to.have.all.keys(attemptReport())
    }
  })

  it('send an expectation, or none, as the client was configured', () => {
    for (const { client, report, wire } of recordings) {
      const [first] = wire
      const asked = first?.text.includes('\nexpect: 100-continue') ?? false
      expect([report.asked, asked]).to.deep.equal([client !== 'never', client !== 'never'])
    }
  })

  it('have a request and its response on each connection', () => {
    for (const each of recordings) {
      for (const [at, attempt] of each.report.attempts.entries()) {
        const heads = each.wire.filter(({ connection }) => connection === at + 1)
        expect(heads[0]?.text, nameOf(each)).to.match(/^PUT \/videos\/[12] HTTP\/1\.1\n/)
        expect(heads.at(-1)?.text).to.match(new RegExp(`^HTTP/1.1 ${attempt.status} `))
        expect(heads).to.have.length(attempt.interim.length + 2)
      }
    }
  })

  it('contain no name of a machine', () => {
    expect(readFileSync(file, 'utf8')).not.to.match(/127\.0\.0\.1|localhost/)
  })
})

describe('viewOf', () => {
  it('shows what was sent, and what was not', () => {
    const { lines, status, accepted } = viewOf(recording('413 default file'))
    const texts = lines.map(({ kind, text }) => [kind, text.split('\n', 1)[0]])
    expect(texts).to.deep.equal([
      ['request', 'PUT /videos/1 HTTP/1.1'],
      ['remark', 'the body waits'],
      ['response', `HTTP/1.1 ${status}`],
      ['remark', 'nothing of 16.0 MiB was sent'],
    ])
    expect([status.slice(0, 3), accepted]).to.deep.equal(['413', false])
  })

  it('leaves out header fields that do not matter', () => {
    const [request] = viewOf(recording('go default file')).lines
    expect(request?.text).to.match(/^PUT .*\nhost: .*\n(connection: .*\n)?content-length: 16777216/)
    expect(request?.text).not.to.include('accept')
  })

  it('separates success after a 417 from the refusal before it', () => {
    const { attempts, accepted } = viewOf(recording('417 default stream'))
    const kinds = attempts.map(({ kind, asks, answer }) => [kind, asks, answer])
    expect(kinds).to.deep.equal([
      ['again', true, '417 Expectation Failed'],
      ['accepted', false, '201 Created'],
    ])
    expect(accepted).to.equal(true)
  })

  it('has the same number of bytes in all places', () => {
    for (const each of recordings) {
      const { words, attempts, lines } = viewOf(each)
      const bodies = lines.filter(({ kind }) => kind === 'body').map(({ text }) => text)
      const labels = attempts.flatMap(({ bars }) =>
        bars.filter(({ kind }) => kind === 'body').map(({ label }) => label),
      )
      expect(bodies.map((text) => text.replace('body: ', ''))).to.deep.equal(
        labels.map((text) => text.replace('body, ', '')),
      )
      const [said] = /[\d.]+ MiB(?= for nothing)/.exec(words) ?? []
      if (said !== undefined) expect(bodies[0], nameOf(each)).to.include(said)
    }
  })

  it('has bars and lines within its time, in order', () => {
    for (const { totalMs, attempts, lines, ticks } of recordings.map(viewOf)) {
      const bars = attempts.flatMap((attempt) => attempt.bars)
      for (const { fromMs, toMs } of bars)
        expect([fromMs, toMs, totalMs]).to.deep.equal([fromMs, toMs, totalMs].sort((a, b) => a - b))
      const times = lines.map(({ atMs }) => atMs)
      expect(times).to.deep.equal([...times].sort((a, b) => a - b))
      expect(ticks.at(-1)).to.be.at.most(totalMs)
    }
  })
})

describe('ticksOf', () => {
  for (const [total, ticks] of [
    [42, [0, 10, 20, 30, 40]],
    [330, [0, 100, 200, 300]],
    [1311, [0, 500, 1000]],
  ] as const) {
    it(`has round numbers up to ${total} ms`, () => {
      expect(ticksOf(total)).to.deep.equal(ticks)
    })
  }
})

describe('wordsFor', () => {
  const said = (name: string): string => wordsFor(recording(name))

  it('states what a refusal saved', () => {
    expect(said('413 default file')).to.equal(
      'The server answered 413 before the body. None of its 16.0 MiB were sent.',
    )
  })

  it('states the cost of not asking', () => {
    expect(said('307 never stream')).to.match(
      /^The client sent no expectation\. It sent \S+ MiB for nothing before the server answered 307\. The part of the stream that was read is lost\.$/,
    )
  })

  it('states what happened after a response that was not final for the upload', () => {
    expect(said('401 default stream')).to.equal(
      'The server answered 401 before the body, so nothing was lost. The client made the request again, and the server sent a 100 and then 201.',
    )
  })
})
