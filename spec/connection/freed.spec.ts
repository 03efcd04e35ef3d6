import { expect } from 'chai'
import { startChild } from '../support/child.ts'

describe('an agent that sent an expectation over TLS', () => {
  for (const [allowH2, version] of [
    ['true', 'HTTP/2'],
    ['false', 'HTTP/1.1'],
  ]) {
    for (const how of ['close', 'destroy']) {
      it(`can be collected after ${how}(), over ${version}`, async () => {
        const child = startChild(
          'freed.ts',
          [allowH2 ?? '', how],
          [process.execPath, '--expose-gc'],
        )
        expect((await child.printed).trim()).to.equal('0')
      })
    }
  }
})
