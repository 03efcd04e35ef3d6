import { expect } from 'chai'
import fc from 'fast-check'
import type { ContentInput } from '../../lib/content/content.ts'
import { Counted, nextOf, restOf, uploadContentOf } from '../support/sources.ts'

/** A step of an attempt, or a new attempt. */
const move = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ does: 'read' } as const) },
  fc.record({ does: fc.constant('open' as const), from: fc.nat(40), end: fc.option(fc.nat(40)) }),
  fc.record({ does: fc.constant('acknowledge' as const), back: fc.nat(10) }),
)
const chunks = fc.array(fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme-ascii' }))

const kinds: Record<string, (all: string[]) => ContentInput> = {
  'one-shot content': (all) => new Counted(...all),
  'a function': (all) => () => new Counted(...all),
  'a function that is given where to start':
    (all) =>
    ({ start }) =>
      new Counted(...all.join('').slice(start)),
  'a string': (all) => all.join(''),
  'an array': (all) => all,
}

/** The end of the chunk that contains this byte. */
function boundary(all: readonly string[], at: number): number {
  let end = 0
  for (const chunk of all) if (end < at) end += chunk.length
  return end
}

describe('content from an offset', () => {
  for (const [name, make] of Object.entries(kinds)) {
    for (const declares of [true, false]) {
      it(`has the same bytes: ${name}${declares ? ', of a declared length' : ''}`, async () => {
        await fc.assert(
          fc.asyncProperty(chunks, fc.array(move), fc.nat(12), async (all, moves, replayWindow) => {
            const text = all.join('')
            const length = declares ? text.length : null
            const content = uploadContentOf(make(all), { replayWindow, length, slides: true })
            let [at, end, seen, acknowledged] = [0, null as number | null, 0, 0]
            let source = await content.open()
            for (const step of moves) {
              if (step.does === 'acknowledge') {
                acknowledged = Math.max(acknowledged, at - step.back)
                content.acknowledge(acknowledged)
              } else if (step.does === 'read') {
                const chunk = await nextOf(source)
                if (chunk === null) expect(at).to.equal(Math.min(end ?? text.length, text.length))
                else expect(chunk).to.equal(text.slice(at, at + chunk.length))
                at += chunk?.length ?? 0
                expect(at).to.be.at.most(end ?? text.length)
                // Chunks are read as a whole.
                seen = Math.max(seen, at === 0 ? 0 : boundary(all, at))
              } else {
                const { from, end: to } = step
                const isHere = from >= Math.max(acknowledged, seen - replayWindow)
                // Bytes that are neither acknowledged nor before the window are available.
                if (isHere) expect(content.opensAt(from)).to.equal(true)
                if (!content.opensAt(from) || from > text.length) continue
                at = from
                end = to === null ? null : from + to
                source = await content.open({ start: from, end })
              }
            }
            if (!content.opensAt(at)) return
            expect(await restOf(await content.open({ start: at, end: null }))).to.equal(
              text.slice(at),
            )
          }),
        )
      })
    }
  }

  it('is read once, even if it is opened repeatedly', async () => {
    const input = new Counted('abc', 'def', 'ghi')
    const content = uploadContentOf(input, { replayWindow: 100, slides: true })
    await restOf(await content.open())
    const { nextCalls: asked } = input
    expect(await restOf(await content.open({ start: 4, end: 8 }))).to.equal('efgh')
    expect(await restOf(await content.open({ start: 8, end: null }))).to.equal('i')
    expect(input.nextCalls).to.equal(asked)
  })

  it('fails when it exceeds a limit', async () => {
    const content = uploadContentOf(new Counted('abc', 'def'), { slides: true })
    content.limit = 5
    const source = await content.open()
    expect(await nextOf(source)).to.equal('abc')
    const error = await nextOf(source).catch((reason) => reason)
    expect(error).to.have.property('code', 'ERR_EXPECT_RESUME_LIMIT')
  })
})
