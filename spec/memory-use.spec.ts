import { truncateSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { startChild } from './support/child.ts'
import type { Weighed } from './support/children/heavy.ts'
import { temporaryFile } from './support/files.ts'

const size = 1_073_741_824
const chunkSize = 262_144
const bound = 64_000_000

describe('an upload of 1 GiB', () => {
  const peaks: Record<string, string> = {}
  after(() => console.table({ 'peak of buffers': peaks }))

  for (const face of ['upload', 'fetch', 'fetch, from a file stream', 'request']) {
    it(`is never completely in memory, through ${face}`, async function () {
      this.timeout(60_000)
      const origin = startChild('discard.ts', [])
      const url = `http://127.0.0.1:${await origin.message()}/upload`
      const path = temporaryFile()
      // A sparse file: it reads as `size` bytes, but takes no space on the disk.
      writeFileSync(path, '')
      truncateSync(path, size)
      const args = [url, face, String(size), String(chunkSize), path]
      const child = startChild('heavy.ts', args, [process.execPath, '--expose-gc'])
      const { text, peak }: Weighed = JSON.parse(await child.printed)
      peaks[face] = `${(peak / 1e6).toFixed(1)} MB`
      expect(text, 'bytes that arrived').to.equal(String(size))
      // Less than one chunk would mean that nothing was measured.
      expect(peak, 'bytes that buffers took').to.be.within(65_536, bound)
    })
  }
})
