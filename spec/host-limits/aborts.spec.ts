import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import type { ContentInput } from '../../lib/content/content.ts'
import { fromFile } from '../../lib/content/file.ts'
import { type OriginMode, startOrigin } from '../../lib/testing/index.ts'
import { closeLater } from '../support/closing.ts'
import { chunksOf, noise, sha256 } from '../support/contents.ts'
import { ownFaces } from '../support/faces.ts'
import { handlesLeftOn, temporaryFile } from '../support/files.ts'
import { leakedSince, openResources } from '../support/open-resources.ts'
import { Random } from '../support/random.ts'
import { turns } from '../support/turns.ts'

const count = 1000
const lanes = 8
const bytes = noise(300_000)
const modes: readonly [OriginMode, ...OriginMode[]] = ['go', 'go', 'silent', 417, 413, 'reset']

class Enough extends Error {}

describe(`${count} uploads that are aborted at random moments`, () => {
  for (const face of ownFaces) {
    it(`leave no resources open, through ${face.name}`, async function () {
      this.timeout(60_000)
      const random = new Random(20)
      const path = temporaryFile()
      writeFileSync(path, bytes)
      let open = 0
      async function* generate(): AsyncGenerator<Buffer> {
        open += 1
        try {
          yield* chunksOf(bytes, 10)
        } finally {
          open -= 1
        }
      }
      const contents: readonly [() => ContentInput, ...(() => ContentInput)[]] = [
        generate,
        () => generate,
        () => bytes,
        () => fromFile(path, { chunkSize: 50_000 }),
      ]
      const origin = await startOrigin({ mode: () => random.pick(modes) })
      closeLater(() => origin.close())
      const send = face.open({ expect: 'always', continueTimeout: 5, connections: 4 })
      // What is created once per process, or kept for the next upload, is not a leak.
      await send(origin.url, 'first').catch(() => {})
      const before = openResources()
      const outcomes: string[] = []
      const one = async (): Promise<void> => {
        const controller = new AbortController()
        const reason = new Enough()
        const content = random.pick(contents)()
        const ending = send(origin.url, content, { signal: controller.signal }).then(
          () => 'answered',
          (error: Error) => (error === reason ? 'aborted' : 'failed'),
        )
        await turns(random.scale(60))
        controller.abort(reason)
        outcomes.push(await ending)
      }
      const lane = async (): Promise<void> => {
        while (outcomes.length < count) await one()
      }
      await Promise.all(Array.from({ length: lanes }, lane))

      const complete = origin.requests.filter((request) => request.sha256 !== '')
      await origin.close()
      expect(new Set(outcomes)).to.include.all.keys('aborted', 'answered')
      const sums = complete.filter((request) => request.bytes > 5).map((request) => request.sha256)
      expect(new Set(sums)).to.deep.equal(new Set([sha256(bytes)]))
      expect(await handlesLeftOn(path)).to.equal(0)
      expect(open, 'sources that were not cancelled').to.equal(0)
      expect(await leakedSince(before)).to.deep.equal([])
    })
  }
})
