import { expect } from 'chai'
import { Connection, receivedOn, type Tally } from '../../bench/connection.ts'

interface Exchange {
  readonly answers: string[]
  readonly tally: Tally
  take(text: string): void
  takeBytes(bytes: Buffer): void
}

function exchange(): Exchange {
  const answers: string[] = []
  const tally: Tally = {}
  const connection = new Connection(
    (bytes) => answers.push(bytes.split('\r\n', 1)[0] ?? ''),
    (path) => receivedOn(tally, path),
  )
  const takeBytes = (bytes: Buffer): void => connection.take(bytes)
  return { answers, tally, takeBytes, take: (text) => takeBytes(Buffer.from(text)) }
}

function head(path: string, length: number, asks = true): string {
  const expectation = asks ? 'Expect: 100-continue\r\n' : ''
  return `PUT ${path} HTTP/1.1\r\ncontent-length: ${length}\r\n${expectation}\r\n`
}

const created = 'HTTP/1.1 201 Created'

describe('the Connection of the benchmark', () => {
  it('sends a 100 for an expectation, and counts the content', () => {
    const { answers, tally, take } = exchange()
    take(head('/go', 5))
    expect(answers).to.deep.equal(['HTTP/1.1 100 Continue'])
    take('abc')
    take('de')
    expect(answers).to.deep.equal(['HTTP/1.1 100 Continue', created])
    expect(tally['/go']).to.include({ requests: 1, contentBytes: 5 })
    expect(tally['/go']?.waits).to.have.lengthOf(1)
    expect(tally['/go']?.lastAt).to.be.at.least(tally['/go']?.firstAt ?? Number.NaN)
  })

  it('reads heads in pieces, and several in one piece', () => {
    const { answers, tally, take } = exchange()
    const both = `${head('/go/a', 3, false)}abc${head('/go/b', 0, false)}`
    for (const byte of both) take(byte)
    take(both)
    expect(answers).to.deep.equal([created, created, created, created])
    expect(tally['/go/a']).to.include({ requests: 2, contentBytes: 6 })
  })

  it('keeps the head of a piece that is overwritten', () => {
    const { answers, takeBytes } = exchange()
    const text = head('/go', 0, false)
    const piece = Buffer.from(text.slice(0, 10))
    takeBytes(piece)
    piece.fill('x')
    takeBytes(Buffer.from(text.slice(10)))
    expect(answers).to.deep.equal([created])
  })

  it('sends nothing for an expectation on the path /silent', () => {
    const { answers, take } = exchange()
    take(head('/silent', 3))
    expect(answers).to.deep.equal([])
    take('abc')
    expect(answers).to.deep.equal([created])
  })

  it('refuses an expectation with 417, and accepts the replay', () => {
    const { answers, tally, take } = exchange()
    take(head('/417', 3))
    take(`${head('/417', 3, false)}abc`)
    expect(answers).to.deep.equal(['HTTP/1.1 417 Expectation Failed', created])
    expect(tally['/417']).to.include({ requests: 2, contentBytes: 3 })
  })

  it('refuses at once, and counts content that is sent anyway', () => {
    const { answers, tally, take } = exchange()
    take(head('/413', 6, false))
    expect(answers).to.deep.equal(['HTTP/1.1 413 Content Too Large'])
    take('abc')
    take(`def${head('/401', 3)}`)
    take('xyz')
    take(head('/go', 0, false))
    expect(answers.slice(1)).to.deep.equal(['HTTP/1.1 401 Unauthorized', created])
    expect(tally['/413']?.contentBytes).to.equal(6)
    expect(tally['/401']?.contentBytes).to.equal(3)
  })

  it('throws for content without a length', () => {
    const { take } = exchange()
    expect(() => take('PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n')).to.throw(
      'The content has no length',
    )
  })
})
