import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { startOrigin } from '../../lib/testing/index.ts'
import { startChild } from '../support/child.ts'
import type { Outcomes } from '../support/children/emfile.ts'
import { closeLater } from '../support/closing.ts'
import { noise, sha256 } from '../support/contents.ts'
import { temporaryFile } from '../support/files.ts'

describe('an upload when the process has no descriptor left', () => {
  it('fails with EMFILE, and succeeds when descriptors are available again', async () => {
    const origin = await startOrigin()
    closeLater(() => origin.close())
    const bytes = noise(100_000)
    const path = temporaryFile()
    writeFileSync(path, bytes)
    const limited = ['sh', '-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath]
    const child = startChild('emfile.ts', [origin.url, path], limited)
    const outcomes: Outcomes = JSON.parse(await child.printed)
    expect(outcomes).to.deep.equal({
      before: 201,
      'a file, with no descriptor left': 'EMFILE',
      'a stream, with no descriptor left for its connection': 'EMFILE',
      'a file, afterwards': 201,
      'a stream, afterwards': 201,
    })
    const complete = origin.requests.filter((request) => request.sha256 !== '')
    expect(complete.map((request) => request.sha256)).to.deep.equal([
      sha256(bytes),
      sha256(bytes),
      sha256(Buffer.from('content')),
    ])
  })
})
