import { expect } from 'chai'
import { startChild } from './support/child.ts'
import { foreignLines } from './support/foreign-lines.ts'
import { mirror } from './support/mirror.ts'

describe('fetch in a process whose own fetch ignores the dispatcher', function () {
  this.timeout(20_000)

  const foreign = ['a wrapper that builds a new init', 'a wrapper that waits first', 'node-fetch']
  for (const name of foreign) {
    it(`sends the content itself: ${name}`, async () => {
      const child = startChild('foreign-fetch.ts', [name, await mirror()])
      expect((await child.printed).trim().split('\n')).to.deep.equal(foreignLines(['a string']))
    })
  }

  it("knows more lengths if it is the platform's", async () => {
    const child = startChild('foreign-fetch.ts', ['none', await mirror()])
    const known = [
      'a string',
      'a Request of a string',
      'a Request of a Blob',
      'a Request of a form',
    ]
    expect((await child.printed).trim().split('\n')).to.deep.equal(foreignLines(known))
  })
})
