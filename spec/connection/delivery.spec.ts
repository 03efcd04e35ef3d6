import { expect } from 'chai'
import { type ContentOpener, type ContentWriter, Delivery } from '../../lib/connection/delivery.ts'
import type { Source } from '../../lib/connection/source.ts'
import { type ContentInput, makeContent } from '../../lib/content/content.ts'
import { noise } from '../support/contents.ts'
import { LoggedReader } from '../support/readers.ts'
import { uploadContentOf } from '../support/sources.ts'
import { turns } from '../support/turns.ts'

type Callback = (error?: Error | null) => void

/** Records what a delivery does as text; the spec decides when a write is done. */
class Recorder implements ContentOpener, ContentWriter {
  readonly events: string[] = []
  readonly written: Buffer[] = []
  readonly #open: () => Source | Promise<Source>
  readonly #atOnce: boolean
  #callback: Callback | null = null

  /** @param atOnce whether writes complete synchronously. */
  constructor(open: () => Source | Promise<Source>, atOnce = true) {
    this.#open = open
    this.#atOnce = atOnce
  }

  open(): Source | Promise<Source> {
    this.events.push('open')
    return this.#open()
  }

  write(chunks: Uint8Array[], bytes: number, last: boolean, callback: Callback): void {
    const all = Buffer.concat(chunks)
    expect(all).to.have.length(bytes)
    expect(this.#callback, 'the callback of the write before').to.equal(null)
    this.written.push(all)
    this.events.push(`write ${bytes} of ${chunks.length}${last ? ', the last' : ''}`)
    if (this.#atOnce) callback()
    else this.#callback = callback
  }

  /** Completes the current write. */
  done(error?: Error): void {
    const callback = this.#callback as Callback
    this.#callback = null
    callback(error)
  }

  idle(): void {
    this.events.push('idle')
  }
  onWrite(): void {}
  onContent(bytes: number): void {
    this.events.push(`content ${bytes}`)
  }
  onDelivered(): void {
    this.events.push('delivered')
  }
  onSourceError(error: unknown): void {
    this.events.push(`failed ${(error as Error).message}`)
  }
}

function recorded(input: ContentInput, atOnce?: boolean): Recorder {
  return new Recorder(() => uploadContentOf(input).open(), atOnce)
}

/** A source that has all its chunks at once. */
function sourceOf(...chunks: (Uint8Array | null | undefined)[]): Source {
  return {
    read: () => (chunks.length > 0 ? chunks.shift() : null),
    take: () => undefined,
    fail: () => {},
    free: () => {},
  }
}

function started(recorder: Recorder, max?: number): Delivery {
  const sizes = max === undefined ? undefined : { first: max, max, ahead: 524_288 }
  const delivery = new Delivery(recorder, recorder, sizes)
  delivery.start()
  return delivery
}

describe('Delivery', () => {
  it('writes content in memory at once, in the same turn', () => {
    const recorder = recorded('abc')
    const delivery = started(recorder)
    expect(recorder.events).to.eql(['open', 'write 3 of 1, the last', 'content 3', 'delivered'])
    expect(delivery.over).to.equal(true)
  })

  it('ends content without bytes', () => {
    const recorder = new Recorder(() => sourceOf())
    started(recorder)
    expect(recorder.events).to.eql(['open', 'write 0 of 0, the last', 'delivered'])
  })

  it('joins chunks that the source has at once', () => {
    const [a, b] = [noise(10), noise(20)]
    const recorder = new Recorder(() => sourceOf(a, undefined, Buffer.alloc(0), b, null))
    started(recorder)
    expect(recorder.events).to.eql(['open', 'write 30 of 2, the last', 'content 30', 'delivered'])
    expect(recorder.written[0]).to.eql(Buffer.concat([a, b]))
  })

  it('joins chunks that arrive in the same turn', async () => {
    const recorder = recorded(
      (async function* () {
        yield 'ab'
        yield 'cd'
        await turns()
        yield 'ef'
      })(),
    )
    started(recorder)
    await turns(5)
    expect(recorder.written.map(String).join('')).to.equal('abcdef')
    expect(recorder.written[0]?.length).to.be.at.least(2)
    expect(recorder.events.filter((event) => event.startsWith('write')).length).to.be.below(4)
    expect(recorder.events.at(-1)).to.equal('delivered')
  })

  it('reports when there is nothing to write at once', async () => {
    const recorder = recorded(neverReady())
    started(recorder)
    await turns()
    expect(recorder.events).to.eql(['open', 'idle'])
  })

  it('does not report that for content that opens in the same turn', async () => {
    const recorder = recorded(async () => 'abc')
    started(recorder)
    expect(recorder.events).to.eql(['open'])
    await turns()
    expect(recorder.events.slice(1)).to.eql(['write 3 of 1, the last', 'content 3', 'delivered'])
  })

  it('makes one write at a time, and gathers 512 KiB and one more chunk at most', async () => {
    let read = 0
    const chunk = noise(100_000)
    const recorder = new Recorder(
      () => ({
        read: () => {
          read++
          return read > 100 ? null : chunk
        },
        take: () => undefined,
        fail: () => {},
        free: () => {},
      }),
      false,
    )
    started(recorder)
    await turns()
    expect(recorder.written).to.have.length(1)
    expect((recorder.written[0] as Buffer).length).to.equal(600_000)
    expect(read).to.equal(12)
    recorder.done()
    await turns()
    expect(recorder.written).to.have.length(2)
    expect(read).to.equal(18)
  })

  it('cuts a large chunk into slices, without copying more', () => {
    const bytes = noise(25)
    const recorder = new Recorder(() => sourceOf(bytes.subarray(0, 12), bytes.subarray(12)))
    started(recorder, 10)
    expect(recorder.events).to.eql([
      'open',
      'write 10 of 1',
      'content 10',
      'write 10 of 2',
      'content 10',
      'write 5 of 1, the last',
      'content 5',
      'delivered',
    ])
    expect(Buffer.concat(recorder.written)).to.eql(bytes)
  })

  it('lets other work run when all writes complete at once', async () => {
    let chunks = 0
    const recorder = new Recorder(() => ({
      read: () => {
        chunks++
        return chunks > 1000 ? null : Buffer.alloc(600_000)
      },
      take: () => undefined,
      fail: () => {},
      free: () => {},
    }))
    started(recorder)
    expect(recorder.written.length).to.equal(32)
    await turns()
    expect(recorder.written.length).to.be.within(33, 96)
  })

  it('tells the source how many bytes were accepted, at the time', async () => {
    const reader = new LoggedReader('ab', 'c')
    const content = {
      length: null,
      type: null,
      replayable: false,
      callsOut: false,
      open: () => reader,
    }
    const upload = uploadContentOf(makeContent(content), { canReuseBuffers: true })
    const recorder = new Recorder(() => upload.open(), false)
    started(recorder)
    await turns()
    expect(reader.log).not.to.include('free 3')
    recorder.done()
    await turns()
    expect(reader.log.filter((line) => line.startsWith('free')).length).to.be.within(1, 2)
  })

  it('neither reads nor writes after stop()', async () => {
    const recorder = recorded(['ab', 'cd'], false)
    const delivery = started(recorder)
    await turns()
    const before = [...recorder.events]
    delivery.stop()
    recorder.done()
    await turns()
    expect(recorder.events.slice(before.length).filter((event) => event !== 'content 4')).to.eql([])
    expect(delivery.over).to.equal(true)
  })

  it('starts nothing after stop() while the content was being opened', async () => {
    const recorder = recorded(async () => 'abc')
    started(recorder).stop()
    await turns()
    expect(recorder.events).to.eql(['open'])
  })

  const broken = new Error('broken')
  const sources: readonly (readonly [string, () => ContentInput])[] = [
    [
      'cannot be opened',
      () => () => {
        throw broken
      },
    ],
    ['cannot be opened, as turns out later', () => () => Promise.reject(broken)],
    [
      'throws at its first chunk',
      () =>
        // biome-ignore lint/correctness/useYield: it breaks before.
        (function* (): Generator<string> {
          throw broken
        })(),
    ],
    [
      'throws at its second chunk',
      () =>
        (function* (): Generator<string> {
          yield 'ab'
          throw broken
        })(),
    ],
    [
      'rejects at its second chunk',
      () =>
        (async function* (): AsyncGenerator<string> {
          yield 'ab'
          throw broken
        })(),
    ],
  ]
  for (const [what, make] of sources) {
    it(`reports once a source that ${what}, and writes no end`, async () => {
      const recorder = recorded(make())
      const delivery = started(recorder)
      await turns(3)
      expect(recorder.events.filter((event) => event.startsWith('failed'))).to.eql([
        'failed broken',
      ])
      expect(recorder.events.join()).not.to.contain('last')
      expect(delivery.over).to.equal(true)
    })
  }

  it('ends after a failed write', async () => {
    const recorder = recorded(['ab', 'cd'], false)
    const delivery = started(recorder)
    await turns()
    const before = [...recorder.events]
    recorder.done(new Error('no'))
    await turns()
    expect(recorder.events).to.eql(before)
    expect(delivery.over).to.equal(true)
  })
})

async function* neverReady(): AsyncGenerator<string> {
  await new Promise(() => {})
  yield 'never'
}
