import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { fromFile } from '../lib/content/file.ts'
import type { Reading } from '../lib/content/reading.ts'
import { UploadError } from '../lib/errors.ts'
import { noise } from './support/contents.ts'
import { handlesLeftOn, handlesOn, temporaryFile } from './support/files.ts'
import { bytesOf, chunksIn, opened } from './support/readings.ts'

function written(): string {
  const path = temporaryFile()
  writeFileSync(path, noise(1000))
  return path
}

async function failureOf(promise: unknown): Promise<{ code?: string; message: string }> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('it did not fail')
}

/** Reads until the end or a failure, and answers how much was handed over before it. */
async function readUntilFailure(reading: Reading): Promise<{ got: number; error: unknown }> {
  let got = 0
  try {
    for (;;) {
      const step = await reading.next()
      if (step.done) return { got, error: null }
      got += (step.value as Buffer).length
    }
  } catch (error) {
    return { got, error }
  }
}

describe('a file that is no longer what it was', () => {
  const changes: readonly (readonly [string, (path: string) => void, string])[] = [
    ['grew', (path) => appendFileSync(path, 'more'), 'ERR_EXPECT_FILE_CHANGED'],
    ['shrank', (path) => truncateSync(path, 400), 'ERR_EXPECT_FILE_CHANGED'],
    ['was emptied', (path) => truncateSync(path, 0), 'ERR_EXPECT_FILE_CHANGED'],
    ['is gone', (path) => rmSync(path), 'ENOENT'],
  ]
  for (const [change, make, code] of changes) {
    it(`fails when it ${change} before it is read`, async () => {
      const path = written()
      const reading = opened(fromFile(path, { chunkSize: 100 }))
      make(path)
      const error = await failureOf(reading.next())
      expect(error.code).to.equal(code)
      expect(handlesOn(path)).to.equal(0)
    })

    it(`fails when it ${change} before it is read again`, async () => {
      const path = written()
      const content = fromFile(path)
      await bytesOf(content)
      make(path)
      expect((await failureOf(opened(content).next())).code).to.equal(code)
    })
  }

  for (const [change, make] of changes.slice(0, 3)) {
    for (const steps of [1, 2, 5]) {
      it(`fails before its last byte when it ${change} after ${steps} chunks`, async () => {
        const path = written()
        const reading = opened(fromFile(path, { chunkSize: 100 }))
        for (let step = 0; step < steps; step++) await reading.next()
        make(path)
        const { got, error } = await readUntilFailure(reading)
        expect(error).to.be.instanceOf(UploadError)
        expect(error).to.include({ code: 'ERR_EXPECT_FILE_CHANGED' })
        expect(steps * 100 + got).to.be.below(1000)
        expect(handlesOn(path)).to.equal(0)
      })
    }

    for (const chunkSize of [100, 1000]) {
      it(`fails before its last byte or not at all when it ${change} late, by ${chunkSize}`, async () => {
        const path = written()
        const reading = opened(fromFile(path, { chunkSize }))
        const steps = Math.max(1, 1000 / chunkSize - 1)
        for (let step = 0; step < steps; step++) await reading.next()
        make(path)
        const { got, error } = await readUntilFailure(reading)
        // An origin that has all of it may have taken it, and must not get it once more.
        expect(error === null).to.equal(steps * chunkSize + got === 1000)
      })
    }
  }

  it('fails when it had no content and has some now', async () => {
    const path = temporaryFile()
    writeFileSync(path, '')
    const reading = opened(fromFile(path))
    appendFileSync(path, 'more')
    expect((await failureOf(reading.next())).code).to.equal('ERR_EXPECT_FILE_CHANGED')
    expect(handlesOn(path)).to.equal(0)
  })

  it('says what it was and what it is', async () => {
    const path = written()
    const reading = opened(fromFile(path))
    truncateSync(path, 400)
    const { message } = await failureOf(reading.next())
    expect(message).to.contain(path).and.contain('1000 bytes').and.contain('400 now')
  })

  it('is read to its end when it was deleted after it was opened', async () => {
    const path = written()
    const reading = opened(fromFile(path, { chunkSize: 100 }))
    await reading.next()
    rmSync(path)
    expect(await chunksIn(reading)).to.have.length(9)
    expect(handlesOn(path)).to.equal(0)
  })
})

describe('the handle on a file', () => {
  for (const steps of [0, 1, 2, 5, 10]) {
    it(`is closed when it is cancelled after ${steps} chunks`, async () => {
      const path = written()
      const reading = opened(fromFile(path, { chunkSize: 100 }))
      for (let step = 0; step < steps; step++) await reading.next()
      reading.cancel()
      expect(await handlesLeftOn(path)).to.equal(0)
    })

    it(`is closed when it is cancelled while chunk ${steps + 1} is read`, async () => {
      const path = written()
      const reading = opened(fromFile(path, { chunkSize: 100 }))
      for (let step = 0; step < steps; step++) await reading.next()
      const pending = Promise.resolve(reading.next()).catch(() => {})
      reading.cancel()
      await pending
      expect(await handlesLeftOn(path)).to.equal(0)
    })
  }
})
