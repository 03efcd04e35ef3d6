import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { apacheServers } from './support/real/apache.ts'
import { places } from './support/real/server.ts'

const run = promisify(execFile)

describe('examples/only-if-new.ts with real servers', () => {
  for (const server of apacheServers.filter(({ name }) => name === 'Apache httpd, WebDAV')) {
    it(`sends no content of a file that ${server.name} has`, async () => {
      const { port, stored } = await server.start()
      const url = `http://127.0.0.1:${port}${places.accept}/video`
      const { stdout } = await run(process.execPath, ['examples/only-if-new.ts', url])
      expect(stdout).to.equal(
        'first: 201, 8388608 bytes sent, 0 saved\n' +
          'second: is there already, 0 bytes sent, 8388608 saved\n',
      )
      expect(stored('video')).to.have.lengthOf(1)
    })
  }
})
