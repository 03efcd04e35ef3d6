import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Content } from '../../lib/content/content.ts'
import { type FileOptions, fromFile } from '../../lib/content/file.ts'
import type { Reader } from '../../lib/content/readers.ts'
import { UploadError } from '../../lib/errors.ts'
import { noise } from '../support/contents.ts'
import { handlesLeftOn, temporaryFile } from '../support/files.ts'
import { chunksIn } from '../support/readers.ts'

function written(): string {
  const path = temporaryFile()
  writeFileSync(path, noise(1000))
  return path
}

async function lookedUp(path: string, options: FileOptions = {}): Promise<Content> {
  const content = fromFile(path, options)
  return (await content.lookUp?.()) ?? content
}

/** Looks the file up, and starts to read it. */
async function opened(path: string, options: FileOptions = {}): Promise<Reader> {
  const content = await lookedUp(path, options)
  return content.open()
}

async function failureOf(promise: unknown): Promise<{ code?: string; message: string }> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('it did not fail')
}

/** Reads until the end or an error, and returns how much was read. */
async function readUntilFailure(reader: Reader): Promise<{ got: number; error: unknown }> {
  let got = 0
  try {
    for (;;) {
      const step = await reader.next()
      if (step.done) return { got, error: null }
      got += (step.value as Buffer).length
    }
  } catch (error) {
    return { got, error }
  }
}

describe('a file that changed', () => {
  const changes: readonly (readonly [string, (path: string) => void, string])[] = [
    ['grew', (path) => appendFileSync(path, 'more'), 'ERR_EXPECT_FILE_CHANGED'],
    ['shrank', (path) => truncateSync(path, 400), 'ERR_EXPECT_FILE_CHANGED'],
    ['was emptied', (path) => truncateSync(path, 0), 'ERR_EXPECT_FILE_CHANGED'],
    ['is gone', (path) => rmSync(path), 'ENOENT'],
  ]
  for (const [change, make, code] of changes) {
    it(`fails before its last byte when it ${change} before it is read`, async () => {
      const path = written()
      const reader = await opened(path, { chunkSize: 100 })
      make(path)
      const { got, error } = await readUntilFailure(reader)
      expect(error).to.have.property('code', code)
      expect(got).to.be.below(1000)
      expect(await handlesLeftOn(path)).to.equal(0)
    })

    it(`fails when it ${change} before it is read again`, async () => {
      const path = written()
      const content = await lookedUp(path)
      await chunksIn(await content.open())
      make(path)
      const reader = await content.open()
      expect((await failureOf(reader.next())).code).to.equal(code)
    })
  }

  for (const [change, make] of changes.slice(0, 3)) {
    for (const steps of [1, 2, 5]) {
      it(`fails before its last byte when it ${change} after ${steps} chunks`, async () => {
        const path = written()
        const reader = await opened(path, { chunkSize: 100 })
        for (let step = 0; step < steps; step++) await reader.next()
        make(path)
        const { got, error } = await readUntilFailure(reader)
        expect(error).to.be.instanceOf(UploadError)
        expect(error).to.include({ code: 'ERR_EXPECT_FILE_CHANGED' })
        expect(steps * 100 + got).to.be.below(1000)
        expect(await handlesLeftOn(path)).to.equal(0)
      })
    }

    for (const chunkSize of [100, 1000]) {
      it(`fails before its last byte or not at all when it ${change} late, chunk size ${chunkSize}`, async () => {
        const path = written()
        const reader = await opened(path, { chunkSize })
        const steps = Math.max(1, 1000 / chunkSize - 1)
        for (let step = 0; step < steps; step++) await reader.next()
        make(path)
        const { got, error } = await readUntilFailure(reader)
        // An origin that has all bytes may have accepted them, so the upload must not be repeated.
        expect(error === null).to.equal(steps * chunkSize + got === 1000)
      })
    }
  }

  it('names the old and the new state in the error', async () => {
    const path = written()
    const reader = await opened(path)
    truncateSync(path, 400)
    const { message } = await failureOf(reader.next())
    expect(message).to.contain(path).and.contain('1000 bytes').and.contain('400 now')
  })

  it('is read to its end when it was deleted after it was opened', async () => {
    const path = written()
    const reader = await opened(path, { chunkSize: 100 })
    await reader.next()
    rmSync(path)
    expect(await chunksIn(reader)).to.have.length(9)
    expect(await handlesLeftOn(path)).to.equal(0)
  })
})

describe('the handle of a file', () => {
  for (const steps of [0, 1, 2, 5, 10]) {
    it(`is closed when it is cancelled after ${steps} chunks`, async () => {
      const path = written()
      const reader = await opened(path, { chunkSize: 100 })
      for (let step = 0; step < steps; step++) await reader.next()
      reader.cancel()
      expect(await handlesLeftOn(path)).to.equal(0)
    })

    it(`is closed when it is cancelled while chunk ${steps + 1} is read`, async () => {
      const path = written()
      const reader = await opened(path, { chunkSize: 100 })
      for (let step = 0; step < steps; step++) await reader.next()
      const pending = Promise.resolve(reader.next()).catch(() => {})
      reader.cancel()
      await pending
      expect(await handlesLeftOn(path)).to.equal(0)
    })
  }
})

describe('the buffers of a file', () => {
  const chunkSize = 65_536

  /** Reads one chunk and returns its memory. */
  async function memoryOf(reader: Reader): Promise<ArrayBufferLike | null> {
    const step = await reader.next()
    return step.done ? null : (step.value as Buffer).buffer
  }

  function large(): string {
    const path = temporaryFile()
    writeFileSync(path, noise(chunkSize * 10))
    return path
  }

  it('are reused when the connection has accepted their bytes', async () => {
    const reader = await opened(large(), { chunkSize })
    const seen = new Set<ArrayBufferLike | null>()
    for (let chunks = 1; chunks <= 10; chunks++) {
      seen.add(await memoryOf(reader))
      reader.free?.(chunks * chunkSize)
    }
    expect(seen.size).to.be.below(4)
  })

  it('are not reused before that', async () => {
    const reader = await opened(large(), { chunkSize })
    const seen = new Set<ArrayBufferLike | null>()
    for (let chunks = 1; chunks <= 10; chunks++) {
      seen.add(await memoryOf(reader))
      reader.free?.(chunks * chunkSize - 1 - chunkSize * (chunks - 1))
    }
    expect(seen.size).to.equal(10)
  })
})
