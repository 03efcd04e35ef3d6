import fs, { appendFileSync, createReadStream, truncateSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { expect } from 'chai'
import type { ContentInput } from '../../lib/content/content.ts'
import { fromFile } from '../../lib/content/file.ts'
import { startOrigin, type TestOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { type Face, ownFaces } from '../support/faces.ts'
import { handlesLeftOn, temporaryFile } from '../support/files.ts'

const bytes = noise(1_000_000)
const chunkSize = 65_536

/** An origin that calls `does` when a head has arrived and the first chunk was read. */
async function originThat(does: () => void): Promise<TestOrigin> {
  const origin = await startOrigin({
    mode: () => {
      does()
      return 'go'
    },
  })
  closeLater(() => origin.close())
  return origin
}

/** The error of an upload, without the TypeError of fetch. */
async function failureOf(face: Face, url: string, content: ContentInput): Promise<unknown> {
  const send = face.open({ expect: 'always', continueTimeout: 60_000 })
  const failure = await send(url, content).then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  )
  return face.wraps && failure instanceof TypeError ? failure.cause : failure
}

/** Makes all reads after the first `good` ones fail, as a broken disk would. */
function breakDisk(good: number): void {
  const { read } = fs
  let reads = 0
  const broken = (...given: unknown[]): void => {
    reads += 1
    const callback = given.at(-1) as (error: Error) => void
    if (reads <= good) Reflect.apply(read, fs, given)
    else setImmediate(callback, Object.assign(new Error('EIO'), { code: 'EIO' }))
  }
  fs.read = broken as unknown as typeof fs.read
  syncBuiltinESMExports()
  closeLater(() => {
    fs.read = read
    syncBuiltinESMExports()
  })
}

for (const face of ownFaces) {
  describe(`an upload of a file, through ${face.name}`, () => {
    const changes: Record<string, (path: string) => void> = {
      grows: (path) => appendFileSync(path, 'more'),
      'is cut short': (path) => truncateSync(path, 500_000),
      'is emptied': (path) => truncateSync(path, 0),
    }
    for (const [change, make] of Object.entries(changes)) {
      it(`fails, and is never complete, when the file ${change} during the upload`, async () => {
        const path = temporaryFile(bytes)
        const origin = await originThat(() => make(path))
        const failure = await failureOf(face, origin.url, fromFile(path, { chunkSize }))
        expect(failure).to.include({ code: 'ERR_EXPECT_FILE_CHANGED' })
        expect(origin.requests.map((request) => request.sha256)).to.deep.equal([''])
        expect(await handlesLeftOn(path)).to.equal(0)
      })
    }

    for (const good of [0, 1, 2, 15]) {
      it(`fails, and is never complete, when the disk fails after ${good} reads`, async () => {
        const path = temporaryFile(bytes)
        const origin = await originThat(() => {})
        const content = fromFile(path, { chunkSize })
        breakDisk(good)
        expect(await failureOf(face, origin.url, content)).to.include({ code: 'EIO' })
        for (const request of origin.requests) expect(request.sha256).to.equal('')
        expect(await handlesLeftOn(path)).to.equal(0)
      })
    }

    it('passes on the error of the system for a file that cannot be read', async () => {
      const origin = await originThat(() => {})
      // The first address of this process has no memory.
      const unreadable = createReadStream('/proc/self/mem')
      expect(await failureOf(face, origin.url, unreadable)).to.include({ code: 'EIO' })
      for (const request of origin.requests) expect(request.sha256).to.equal('')
    })

    it('passes it on when other content was sent before it', async () => {
      const origin = await originThat(() => {})
      async function* begun(): AsyncGenerator<Buffer> {
        yield* chunksOf(bytes)
        yield* createReadStream('/proc/self/mem')
      }
      expect(await failureOf(face, origin.url, begun())).to.include({ code: 'EIO' })
      expect(origin.requests.map((request) => request.sha256)).to.deep.equal([''])
    })

    it('arrives unchanged from a working disk', async () => {
      const origin = await originThat(() => {})
      await face.open({ expect: 'always' })(
        origin.url,
        fromFile(temporaryFile(bytes), { chunkSize }),
      )
      expect(origin.requests.map((request) => request.sha256)).to.deep.equal([sha256(bytes)])
    })
  })
}
