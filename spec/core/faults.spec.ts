import { appendFileSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import type { Content } from '../../lib/content/content.ts'
import { fromFile } from '../../lib/content/file.ts'
import { temporaryFile } from '../support/files.ts'
import { chunksIn, failureOf } from '../support/readers.ts'
import { Counted, restOf, uploadContentOf } from '../support/sources.ts'

describe('a function that is pending when another attempt starts', () => {
  it('is called again, and its earlier content is cancelled', async () => {
    const made: Counted[] = []
    const answers: ((content: Counted) => void)[] = []
    const content = uploadContentOf(() => new Promise<Counted>((answer) => answers.push(answer)))
    const answer = (at: number): void => {
      made[at] = new Counted('ab', 'c')
      answers[at]?.(made[at])
    }
    const first = content.open()
    const second = content.open()
    answer(0)
    await first
    answer(1)
    expect(await restOf(await second)).to.equal('abc')
    expect(made.map(({ returnCalls: left }) => left)).to.deep.equal([1, 0])
  })
})

describe('a function whose stream breaks before it is read', () => {
  it('fails with the error of the stream', async () => {
    const broken = new RangeError('broken')
    const content = uploadContentOf(() => {
      const stream = new Readable({ read() {} })
      queueMicrotask(() => stream.destroy(broken))
      return stream
    })
    expect(await failureOf((async () => restOf(await content.open()))())).to.equal(broken)
  })
})

describe('a file without content', () => {
  it('fails when it has content by the time it is read', async () => {
    const path = temporaryFile()
    writeFileSync(path, '')
    const content = await fromFile(path).lookUp?.()
    appendFileSync(path, 'more')
    const failure = await failureOf((async () => chunksIn(await (content as Content).open()))())
    expect(failure).to.be.an('error').and.include({ code: 'ERR_EXPECT_FILE_CHANGED' })
  })
})
