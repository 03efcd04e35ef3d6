import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { expect } from 'chai'
import { storedFile } from '../../lib/cli/stored-file.ts'
import { temporaryFolder } from '../support/files.ts'

describe('storedFile', () => {
  it('exists when all its content was written', async () => {
    const place = temporaryFolder()
    const file = storedFile(join(place, 'a/b'))
    await new Promise((written) => file.write('some ', written))
    expect(readdirSync(join(place, 'a'))).not.to.include('b')
    file.end('content')
    await finished(file)
    expect(readdirSync(join(place, 'a'))).to.deep.equal(['b'])
    expect(readFileSync(join(place, 'a/b'), 'utf8')).to.equal('some content')
  })

  it('removes the temporary file when it is destroyed', async () => {
    const place = temporaryFolder()
    const file = storedFile(join(place, 'a'))
    await new Promise((written) => file.write('some ', written))
    file.destroy()
    await once(file, 'close')
    expect(readdirSync(place)).to.deep.equal([])
  })

  it('fails when there is a folder at its path, and removes the temporary file', async () => {
    const place = temporaryFolder()
    mkdirSync(join(place, 'a'))
    const file = storedFile(join(place, 'a'))
    file.end('content')
    const failure = await finished(file).catch((error) => error)
    expect(failure.code).to.be.oneOf(['EISDIR', 'ENOTEMPTY', 'EEXIST'])
    expect(readdirSync(place)).to.deep.equal(['a'])
  })
})
